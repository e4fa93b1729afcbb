// What the pages can do beside plain forms and links: take a dropped file, send by keyboard, copy a draft.
"use strict";

const form = document.querySelector("[data-drop]");
if (form) {
  const file = form.querySelector("input[type=file]");
  const show = (selector) => form.querySelectorAll(selector).forEach((element) => { element.hidden = false; });
  show("[data-drophint], [data-keyhint]");

  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    form.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) form.classList.remove("dropping");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    form.classList.remove("dropping");
    const dropped = event.dataTransfer;
    if (dropped.files.length) {
      file.files = dropped.files;
      form.requestSubmit();
    } else {
      form.elements.text.value = dropped.getData("text/plain");
      form.elements.text.focus();
    }
  });
  form.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) form.requestSubmit();
  });
  form.addEventListener("submit", () => form.classList.add("sending"));
  window.addEventListener("pageshow", () => form.classList.remove("sending"));
}

const status = document.querySelector("[data-status]");
for (const button of document.querySelectorAll("[data-copy]")) {
  const source = document.getElementById(button.dataset.copy);
  button.hidden = false;
  button.addEventListener("click", async () => {
    const copied = await copy(source);
    button.textContent = copied ? "Copied" : "Press Ctrl+C";
    status.textContent = copied ? "The draft is on your clipboard." : "The draft is selected: press Ctrl+C.";
    setTimeout(() => { button.textContent = "Copy"; }, 2500);
  });
}

async function copy(element) {
  try {
    await navigator.clipboard.writeText(element.textContent);
    return true;
  } catch {
    getSelection().selectAllChildren(element);
    return false;
  }
}
