// Small makers of messages and frames for the tests.

import type { Message } from "../src/generated/protocol.ts";
import type { Changes } from "../src/chat/log.ts";

export const CONVERSATION = "018f0000-0000-7000-8000-00000000000a";
export const LENA = { kind: "agent", id: "018f0000-0000-7000-8000-000000000001", name: "Lena", avatar_url: null } as const;
export const VISITOR = { kind: "visitor", id: "018f0000-0000-7000-8000-000000000002", name: null, avatar_url: null } as const;

export function message(seq: number, more: Partial<Message> = {}): Message {
  return {
    id: `m${seq}`, seq, rev: seq, kind: "text", author: LENA, text: `text ${seq}`,
    attachments: [], reactions: [], created_at: "2025-11-24T10:00:00.000Z", ...more,
  };
}

export function changes(from: number, rev: number, messages: Message[], more: Partial<Changes> = {}): Changes {
  return {
    type: "changes", from, rev, messages, more: false, floor: 0,
    conversation: { id: CONVERSATION, state: "assigned", owner: null, epoch: 1 }, ...more,
  };
}
