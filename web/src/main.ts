/** Puts the page into the document: the gallery, or what stands before it. */

import { mount } from "svelte";

import { me } from "./account/me.svelte.ts";
import "./app.css";

const target = document.getElementById("page")!;
const [, place, token = ""] = location.pathname.split("/");
// One import a function: of two in one expression the build would forget the styles of the first.
const operator = () => import("./operator/Operator.svelte");
const gallery = () => import("./App.svelte");
const eyes = () => import("./eyes/Eyes.svelte");

/** A link's photos need no gallery, and an invitation no session. */
async function show(): Promise<void> {
  if (place === "s") {
    const { default: Shared } = await import("./account/Shared.svelte");
    mount(Shared, { target, props: { token } });
    return;
  }
  if (place === "eyes") {
    mount((await eyes()).default, { target });
    return;
  }
  // Fetched while the door is being asked: nearly everybody who comes may come in.
  const view = place === "status" ? operator() : gallery();
  const { role } = await me.ask();
  const invitation = place === "welcome" ? location.hash.slice(1) : "";
  if (role === "nobody" || invitation) {
    const { default: Form } = await import("./account/Form.svelte");
    mount(Form, { target, props: { invitation } });
    return;
  }
  const { default: View } = await view;
  mount(View, { target });
}

void show();

// After everything that is looked at; plain http from elsewhere has no workers.
if (import.meta.env.PROD && "serviceWorker" in navigator) {
  window.addEventListener("load", () => void navigator.serviceWorker.register("/worker.js").catch(() => undefined));
}
