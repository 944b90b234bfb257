// Says in the page's own words that a security key was not read; the browser's own are for programmers.
"use strict";

document.addEventListener("allauth.error", (event) => {
  event.preventDefault();
  const told = document.getElementById("key_trouble");
  if (told) told.hidden = false;
});
