// Shows a push and opens its page. Keeps nothing: no page of the app is ever stored.
"use strict";

self.addEventListener("push", (event) => {
  const said = event.data ? event.data.json() : {};
  const options = { tag: said.tag, data: said.link, icon: "/static/icons/icon.svg" };
  event.waitUntil(self.registration.showNotification(said.title || "Reminder", options));
});

self.addEventListener("notificationclick", (event) => {
  event.notification.close();
  const link = new URL(event.notification.data || "/", self.location.origin);
  if (link.origin === self.location.origin) event.waitUntil(self.clients.openWindow(link.href));
});
