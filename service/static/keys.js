// Work by keyboard: single keys where nobody types; "?" lists them, the display menu switches them off.
"use strict";

const places = { i: "/", c: "/clients", w: "/agenda", l: "/labels", m: "/model" };
let going = 0; // when "g" was pressed: the next key names the page

const global = {
  "/": () => focusOn("[data-search]"),
  "n": () => { const link = document.querySelector("[data-new]"); if (link) location.assign(link.href); return link; },
  "?": () => { document.getElementById("keys").showModal(); return true; },
  "j": () => step(1),
  "k": () => step(-1),
  "r": () => click("[data-copy]"),
  "g": () => { going = Date.now(); return true; },
};
const judging = {
  "u": nextUrgency,
  "c": () => click("#claimed"),
  "d": () => focusOn("#deadline"),
  "s": () => click("[data-skip]"),
};

document.addEventListener("keydown", (event) => {
  if (document.body.dataset.shortcuts === "off" || event.ctrlKey || event.metaKey || event.altKey) return;
  if (document.querySelector("dialog[open]") || typing(event.target)) return;
  if (act(event.key)) event.preventDefault();
});

document.addEventListener("click", (event) => {
  if (event.target.closest("[data-help]")) document.getElementById("keys").showModal();
});

function act(key) {
  if (Date.now() - going < 1500 && key in places) {
    location.assign(places[key]);
    return true;
  }
  going = 0;
  const form = document.querySelector("form[data-judgement]");
  if (form && form.querySelector("[data-keep]")) {
    const label = form.querySelector(`[data-key="${CSS.escape(key)}"]`);
    if (label) return turn(label);
    if (key === "Enter" && mayKeep(form)) return click("[data-keep]");
    if (key in judging) return judging[key]();
  }
  return key in global && global[key]();
}

// Enter belongs to the link, button or summary that has the focus; else it keeps what the form says.
function mayKeep(form) {
  const on = document.activeElement;
  const free = on === document.body || on.id === "main" || (form.contains(on) && on.matches("input"));
  return free && (form.dataset.judgement === "queue" || form.querySelector("[data-turned]") !== null);
}

function typing(element) {
  return element.matches("textarea, select, [contenteditable], input:not([type=checkbox], [type=radio])");
}

function turn(box) {
  box.checked = !box.checked;
  box.focus();
  mark(box);
  return true;
}

function nextUrgency() {
  const levels = [...document.querySelectorAll("input[name=urgency]")];
  const next = levels[(levels.findIndex((level) => level.checked) + 1) % levels.length];
  next.checked = true;
  next.focus();
  mark(next);
  return true;
}

function mark(input) {
  input.dataset.turned = "1";
}
document.addEventListener("change", (event) => {
  if (event.target.closest("[data-judgement]")) mark(event.target);
});

function step(by) {
  const rows = [...document.querySelectorAll("[data-row]")];
  if (!rows.length) return false;
  const at = rows.indexOf(document.activeElement);
  rows[at < 0 ? 0 : Math.min(rows.length - 1, Math.max(0, at + by))].focus();
  return true;
}

function focusOn(selector) {
  const element = document.querySelector(selector);
  if (element) element.focus();
  return element !== null;
}

function click(selector) {
  const element = document.querySelector(selector);
  if (element) element.click();
  return element !== null;
}
