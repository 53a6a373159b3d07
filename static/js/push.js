// Subscribes this browser to notifications. Without it the page still works by e-mail.
"use strict";

const form = document.querySelector("[data-push-key]");
const says = document.querySelector("[data-push-says]");

function bytes(key) {
  const text = atob((key + "=".repeat((4 - (key.length % 4)) % 4)).replace(/-/g, "+").replace(/_/g, "/"));
  return Uint8Array.from(text, (letter) => letter.charCodeAt(0));
}

function base64(buffer) {
  return btoa(String.fromCharCode(...new Uint8Array(buffer)))
    .replace(/\+/g, "-").replace(/\//g, "_").replace(/=+$/, "");
}

async function subscribe() {
  const worker = await navigator.serviceWorker.register("/sw.js");
  await navigator.serviceWorker.ready;
  const found = await worker.pushManager.subscribe({
    userVisibleOnly: true,
    applicationServerKey: bytes(form.dataset.pushKey),
  });
  const sent = new FormData(form);
  sent.set("endpoint", found.endpoint);
  sent.set("p256dh", base64(found.getKey("p256dh")));
  sent.set("auth", base64(found.getKey("auth")));
  const answer = await fetch(form.action, { method: "POST", body: sent });
  if (!answer.ok) throw new Error((await answer.json()).problem);
}

if (form && "serviceWorker" in navigator && "PushManager" in window) {
  form.hidden = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    try {
      await subscribe();
      says.textContent = says.dataset.on;
    } catch {
      says.textContent = says.dataset.off;
    }
  });
}
