/** Puts the page into the document: the gallery, or what stands before it. */

import { mount } from "svelte";

import { me } from "./account/me.svelte.ts";
import "./app.css";

const target = document.getElementById("page")!;
const [, place, token = ""] = location.pathname.split("/");

/** A link's photos need no gallery, and an invitation no session. */
async function show(): Promise<void> {
  if (place === "s") {
    const { default: Shared } = await import("./account/Shared.svelte");
    mount(Shared, { target, props: { token } });
    return;
  }
  // Fetched while the door is being asked: nearly everybody who comes may come in.
  const view = place === "status" ? import("./operator/Operator.svelte") : import("./App.svelte");
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
