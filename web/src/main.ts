/** Puts the page into the document. */

import { mount } from "svelte";

import App from "./App.svelte";
import "./app.css";

const target = document.getElementById("page")!;
// Operators are few: their page is loaded only by those who ask for it.
if (location.pathname === "/status") void import("./operator/Operator.svelte").then((view) => mount(view.default, { target }));
else mount(App, { target });
