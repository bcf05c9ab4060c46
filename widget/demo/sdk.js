// A button for each call, and the events as they come.
window.Deskbell ??= Object.assign((...call) => window.Deskbell.q.push(call), { q: [] });

const CALLS = [
  ["open"], ["close"], ["toggle"], ["show"], ["hide"], ["prefill", "Where is order "], ["message", "Hello from the page"],
  ["identify", { name: "Ada Example", email: "ada@shop.example" }], ["set", { attributes: { plan: "pro" } }], ["track", "checkout", { total: 12 }],
  ["queue", "Support"], ["consent", true], ["locale", "de"], ["theme", "dark"], ["theme", "auto"], ["reset"], ["destroy"],
];
const EVENTS = [
  "ready", "open", "close", "message:sent", "message:received", "unread", "conversation:started",
  "conversation:assigned", "conversation:closed", "queue:position", "availability", "error",
];

const buttons = document.createElement("p");
const list = document.createElement("ol");
buttons.className = "calls";
list.className = "events";
for (const call of CALLS) {
  const button = document.createElement("button");
  button.type = "button";
  button.textContent = `Deskbell(${call.map((part) => JSON.stringify(part)).join(", ")})`;
  button.onclick = () => window.Deskbell?.(...call);
  buttons.append(button);
}
for (const event of EVENTS) {
  document.addEventListener(`deskbell:${event}`, ({ detail }) => {
    const line = document.createElement("li");
    line.textContent = `${event} ${detail === undefined || detail === null ? "" : JSON.stringify(detail)}`;
    list.prepend(line);
  });
}
document.querySelector("#app").append(buttons, list);
