// What the pages do beyond their forms; without it they do the same, a button later.
"use strict";

function say(text) {
  const place = document.getElementById("message");
  if (!place) return;
  const box = document.createElement("div");
  box.className = "messages";
  box.setAttribute("role", "alert");
  box.textContent = text;
  place.replaceChildren(box);
}

// Fields that something is wrong with say so themselves.
function markInvalid() {
  for (const field of document.querySelectorAll("[aria-invalid]")) field.removeAttribute("aria-invalid");
  for (const one of document.querySelectorAll("[data-invalid]")) {
    const field = document.getElementById(one.dataset.invalid);
    if (field) field.setAttribute("aria-invalid", "true");
  }
}

// What was typed before this script was there, or was kept over a reload, is sent, too.
function sendTyped() {
  const form = document.getElementById("form");
  if (!form) return;
  const bare = form.cloneNode(true);
  bare.reset();
  const [now, first] = [form, bare].map((one) => new URLSearchParams(new FormData(one)).toString());
  if (now !== first) form.dispatchEvent(new Event("input"));
}

function holds(event) {
  return event.dataTransfer && Array.from(event.dataTransfer.types).includes("Files");
}

// A file dropped beside its place would open in place of the page.
document.addEventListener("dragover", (event) => {
  if (holds(event) && !event.target.closest("input[type=file]")) event.preventDefault();
});
document.addEventListener("drop", (event) => {
  if (!holds(event) || event.target.closest("input[type=file]")) return;
  event.preventDefault();
  say(document.body.dataset.dropped);
});

document.addEventListener("change", (event) => {
  if (event.target.matches("input[type=file][data-send]") && event.target.files.length) event.target.form.submit();
});

document.addEventListener("htmx:afterSwap", markInvalid);
document.addEventListener("htmx:sendError", () => say(document.body.dataset.gone));
document.addEventListener("htmx:timeout", () => say(document.body.dataset.gone));
document.addEventListener("DOMContentLoaded", markInvalid);
document.addEventListener("DOMContentLoaded", sendTyped);
