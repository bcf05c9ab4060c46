// A part of its own, fetched only where sockets do not get through.

export { events } from "./events.ts";
export { poll } from "./poll.ts";
