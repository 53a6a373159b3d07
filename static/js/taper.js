// Small helps; every page works without them.
"use strict";

// The error summary takes the focus, so that a screen reader starts there.
document.querySelector("[data-autofocus]")?.focus();

// Keys that only move and open; anything that writes wants Ctrl Enter or a click.
document.addEventListener("keydown", (event) => {
  const typing = event.target.closest("input, textarea, select");
  if (event.ctrlKey && event.key === "Enter") {
    document.querySelector("[data-ctrl-enter]")?.click();
    return;
  }
  if (typing || event.ctrlKey || event.metaKey || event.altKey) return;
  if (event.key === "/") {
    const find = document.querySelector('[data-key="/"]');
    if (find) { event.preventDefault(); find.click(); }
  }
  if (event.key === "j" || event.key === "k") {
    const rows = [...document.querySelectorAll("[data-row] a")];
    const at = rows.indexOf(document.activeElement);
    const next = event.key === "j" ? at + 1 : at < 0 ? rows.length - 1 : at - 1;
    rows[Math.min(Math.max(next, 0), rows.length - 1)]?.focus();
  }
});

// On a journey: one question, shown where the device's zone is neither home nor answered before.
const here = Intl.DateTimeFormat().resolvedOptions().timeZone;
const travel = document.querySelector("[data-travel]");
if (travel) travel.hidden = !here || here === travel.dataset.travel || here === travel.dataset.kept;
const asked = document.querySelector("[data-here]");
if (asked && here) asked.value = here;
