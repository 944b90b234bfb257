// Keys for reading reports one after another, over links and buttons that work without them.
"use strict";

const STORE = "tansiq.review.keys";
const toggle = document.querySelector("[data-keys-on]");
const begun = performance.now();
// Whoever pressed twice in a hurry approves nothing that was not on the screen yet.
const TOO_SOON = 1000;

const kept = () => {
  try { return localStorage.getItem(STORE) !== "off"; } catch { return true; }
};

// The letter itself or, on an Arabic keyboard, the letter of the same key.
const letter = (event) =>
  /^[a-z]$/i.test(event.key) ? event.key.toLowerCase() : /^Key[A-Z]$/.test(event.code) ? event.code[3].toLowerCase() : "";

const writes = (element) =>
  element.isContentEditable || (element.matches?.("input, textarea, select") && !element.matches("[type=checkbox]"));

toggle.checked = kept();
toggle.addEventListener("change", () => {
  try { localStorage.setItem(STORE, toggle.checked ? "on" : "off"); } catch { /* it holds for this page */ }
});

document.addEventListener("keydown", (event) => {
  if (!toggle.checked || event.repeat || event.isComposing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (writes(event.target) || document.querySelector("dialog[open]")) return;
  const key = letter(event);
  const found = key && document.querySelector(`[data-key="${key}"]`);
  if (!found || (key === "a" && performance.now() - begun < TOO_SOON)) return;
  event.preventDefault();
  const field = found.hash?.length > 1 && found.pathname === location.pathname && document.getElementById(found.hash.slice(1));
  if (field) field.focus();
  else found.click();
});
