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

// What this device keeps of reports that the portal has not got (`form.js` writes it): it ends after a fortnight, can be
// deleted on the account page, and does not stay behind when someone signs out.
const unsent = {
  PREFIX: "tansiq-report-",
  FORTNIGHT: 14 * 24 * 60 * 60 * 1000,
  keys() {
    try { return Object.keys(localStorage).filter((key) => key.startsWith(this.PREFIX)); } catch { return []; }
  },
  at(key) {
    try { return JSON.parse(localStorage.getItem(key))?.at ?? 0; } catch { return 0; }
  },
  sweep() {
    for (const key of this.keys()) if (!(this.at(key) > Date.now() - this.FORTNIGHT)) localStorage.removeItem(key);
  },
  wipe() {
    for (const key of this.keys()) localStorage.removeItem(key);
    for (const told of document.querySelectorAll("[data-unsent]")) told.hidden = true;
  },
};
unsent.sweep();
if (unsent.keys().length) for (const told of document.querySelectorAll("[data-unsent]")) told.hidden = false;

document.addEventListener("click", (event) => { if (event.target.closest("[data-wipe]")) unsent.wipe(); });

document.addEventListener("submit", (event) => {
  const form = event.target;
  if (!("leaving" in form.dataset) || !unsent.keys().length) return;
  const agreed = document.getElementById("lose");
  if (agreed && form.contains(agreed) && agreed.checked) { unsent.wipe(); return; }
  event.preventDefault();
  if (form.dataset.leaving) location.assign(form.dataset.leaving);
  else agreed?.focus();
}, true);

// Whoever types a password may look at it.
for (const field of document.querySelectorAll("input[type=password]")) {
  const words = document.body.dataset;
  const look = Object.assign(document.createElement("button"), { type: "button", className: "btn btn-plain small", textContent: words.show });
  look.setAttribute("aria-controls", field.id);
  look.addEventListener("click", () => {
    const hidden = field.type === "password";
    field.type = hidden ? "text" : "password";
    look.textContent = hidden ? words.hide : words.show;
    field.focus();
  });
  // Sent, it is a password again: browsers keep what stands in a field of text.
  field.form?.addEventListener("submit", () => { field.type = "password"; });
  field.after(look);
}

for (const hidden of document.querySelectorAll("[data-with-script]")) hidden.hidden = false;
document.querySelector("[data-focus]")?.focus();

// Hours by the clock of this device, where it shows others than the page does.
for (const line of document.querySelectorAll("[data-begins]")) {
  const begins = new Date(line.dataset.begins), ends = new Date(line.dataset.ends);
  const by = (timeZone) => begins.toLocaleString("en", timeZone ? { timeZone } : {});
  if (line.dataset.zones.split(" ").some((zone) => by(zone) === by())) continue;
  const language = document.documentElement.lang === "ar" ? "ar-SY-u-nu-latn" : "en-GB";
  const words = new Intl.DateTimeFormat(language, { dateStyle: "medium", timeStyle: "short", hourCycle: "h23" });
  line.querySelector("bdi").textContent = words.formatRange(begins, ends);
  line.hidden = false;
}
