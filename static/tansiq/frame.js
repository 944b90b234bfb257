// Small conveniences over pages that work without them: menus close, errors take the focus, a form is sent once.
"use strict";

const openMenus = () => document.querySelectorAll("details.menu[open]");

document.addEventListener("click", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});

document.addEventListener("keydown", (event) => {
  if (event.key !== "Escape") return;
  for (const menu of openMenus()) {
    menu.open = false;
    if (menu.contains(document.activeElement)) menu.querySelector("summary").focus();
  }
});

// Leaving a menu with the keyboard closes it.
document.addEventListener("focusin", (event) => {
  for (const menu of openMenus()) if (!menu.contains(event.target)) menu.open = false;
});

// The second press of an impatient thumb is dropped.
document.addEventListener("submit", (event) => {
  const form = event.target;
  if (event.defaultPrevented || form.getAttribute("method") !== "post") return;
  if (event.timeStamp - Number(form.dataset.sent ?? -9999) < 3000) event.preventDefault();
  else form.dataset.sent = event.timeStamp;
});

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-dialog]");
  const dialog = opener && document.getElementById(opener.dataset.dialog);
  if (dialog) { event.preventDefault(); dialog.showModal(); }
  if (event.target.closest("[data-print]")) window.print();
});

for (const hidden of document.querySelectorAll("[data-with-script]")) hidden.hidden = false;
document.querySelector("[data-focus]")?.focus();
