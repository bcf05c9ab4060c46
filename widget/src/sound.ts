// Put in front of the chat by the build, in place of the globals of these names. On a page that has
// replaced the socket, or changed how everything is written as JSON, they are an untouched realm's.

let realm = globalThis;
const path = `./guard-${BUILD}.js`;
if (!/\[nat/.test(`${realm.WebSocket}`) || realm.JSON.stringify([""]) !== '[""]') realm = await import(path);

export const { JSON, WebSocket, fetch } = realm;
