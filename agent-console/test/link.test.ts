import assert from "node:assert/strict";
import { test } from "node:test";
import { events } from "../src/link";

test("an event stream is cut into whole events, wherever the network cut it", () => {
  const text = ': hello\n\nevent: frame\ndata: {"type":"session"}\n\ndata: {"a":\ndata: 1}\r\n\r\nid: 4\n\ndata:{"b":2}\n\n';
  for (let cut = 0; cut <= text.length; cut++) {
    const first = events(text.slice(0, cut));
    const second = events(first.left + text.slice(cut));
    assert.deepEqual([...first.data, ...second.data], ['{"type":"session"}', '{"a":\n1}', '{"b":2}'], `cut at ${cut}`);
    assert.equal(second.left, "");
  }
});
