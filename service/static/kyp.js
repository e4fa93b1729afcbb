// What the pages can do beside plain forms and links: take a dropped file, copy a draft, tell what htmx could not do.
"use strict";

const drop = document.querySelector("[data-drop]");
if (drop) {
  const file = drop.querySelector("input[type=file]");
  const whole = drop.closest("details");
  drop.querySelector("[data-drophint]").hidden = false;

  document.addEventListener("dragover", (event) => {
    event.preventDefault();
    whole.open = true;
    drop.classList.add("dropping");
  });
  document.addEventListener("dragleave", (event) => {
    if (!event.relatedTarget) drop.classList.remove("dropping");
  });
  document.addEventListener("drop", (event) => {
    event.preventDefault();
    drop.classList.remove("dropping");
    const dropped = event.dataTransfer;
    if (dropped.files.length) {
      file.files = dropped.files;
      drop.requestSubmit();
    } else {
      drop.elements.text.value = dropped.getData("text/plain");
      drop.elements.text.focus();
    }
  });
  drop.addEventListener("keydown", (event) => {
    if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) drop.requestSubmit();
  });
  drop.addEventListener("submit", () => drop.classList.add("sending"));
  window.addEventListener("pageshow", () => drop.classList.remove("sending"));
  if (whole.open && location.hash === "#new") drop.elements.text.focus();
}

// What only makes sense with this script stands hidden in the page, what only makes sense without it stands open.
function prepare(root) {
  for (const element of root.querySelectorAll("[data-copy], [data-keyhint], [data-help]")) element.hidden = false;
  for (const element of root.querySelectorAll("[data-nojs]")) element.hidden = true;
}
prepare(document);
document.addEventListener("htmx:load", (event) => prepare(event.detail.elt));

function tell(text) {
  document.getElementById("status").textContent = text;
}

document.addEventListener("click", async (event) => {
  const button = event.target.closest("[data-copy]");
  if (!button) return;
  const before = button.textContent;
  const copied = await copy(document.getElementById(button.dataset.copy));
  const said = copied ? button.dataset.copied : button.dataset.failed;
  button.textContent = said;
  tell(said);
  setTimeout(() => { button.textContent = before; }, 2500);
});

async function copy(element) {
  try {
    await navigator.clipboard.writeText(element.textContent);
    return true;
  } catch {
    getSelection().selectAllChildren(element);
    return false;
  }
}

// A menu closes when one clicks elsewhere or presses Escape.
document.addEventListener("click", (event) => {
  for (const menu of document.querySelectorAll("[data-closing][open]")) {
    if (!menu.contains(event.target)) menu.open = false;
  }
});
document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  const menu = document.querySelector("[data-closing][open]");
  if (menu) {
    menu.open = false;
    menu.querySelector("summary").focus();
  }
});

// Empty fields of a filter stay out of the address; what fails is told, not swallowed.
document.addEventListener("htmx:configRequest", (event) => {
  if (!event.target.matches("form.filter")) return;
  for (const name of ["q", "urgency", "label", "client"]) {
    if (!event.detail.formData.get(name)) event.detail.formData.delete(name);
  }
});
for (const failure of ["htmx:responseError", "htmx:sendError"]) {
  document.addEventListener(failure, () => {
    const status = document.getElementById("status");
    status.textContent = status.dataset.failed;
    status.classList.remove("visually-hidden");
    status.classList.add("alert");
  });
}
