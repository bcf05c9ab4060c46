// Who is in the conversation, and how far each of them is. Marks only rise.

import type { Author, By, ConversationHead, Message, Participant } from "../generated/protocol.ts";

export interface Person {
  readonly kind: string;
  readonly id: string;
  name: string | null;
  avatar_url: string | null;
  delivered: number;
  read: number;
  here: boolean;
}

export class People {
  readonly #all = new Map<string, Person>();

  clear(): void {
    this.#all.clear();
  }

  of({ kind, id }: By): Person {
    const key = `${kind} ${id}`;
    const found = this.#all.get(key) ?? { kind, id, name: null, avatar_url: null, delivered: 0, read: 0, here: false };
    this.#all.set(key, found);
    return found;
  }

  joined(participant: Participant): void {
    this.named(participant);
    this.reached(participant, participant.delivered_seq, participant.read_seq);
  }

  named({ kind, id, name, avatar_url }: Author): Person {
    const person = this.of({ kind, id: id ?? "" });
    person.name = name ?? person.name;
    person.avatar_url = avatar_url ?? person.avatar_url;
    return person;
  }

  reached(by: By, delivered: number, read: number): void {
    const person = this.of(by);
    person.read = Math.max(person.read, read);
    person.delivered = Math.max(person.delivered, delivered, person.read);
  }

  /** How far the others are: what of mine has arrived, and what they have read. */
  get theirs(): { delivered: number; read: number } {
    const others = [...this.#all.values()].filter(({ kind }) => kind !== "visitor");
    const most = (of: (person: Person) => number) => Math.max(0, ...others.map(of));
    return { delivered: most((person) => person.delivered), read: most((person) => person.read) };
  }

  /** How far this visitor has read, on whichever device. */
  get mine(): number {
    return Math.max(0, ...[...this.#all.values()].filter(({ kind }) => kind === "visitor").map(({ read }) => read));
  }

  /** The person who answers, if it is one. */
  owner(head: ConversationHead | null): Person | null {
    const owner = head?.owner;
    return owner?.kind === "agent" ? this.named(owner as Author) : null;
  }
}

/** Words of an agent or a bot: what counts as unread, and is announced. */
export function fromThem({ kind, author, deleted_at }: Message): boolean {
  return kind !== "event" && !deleted_at && /agent|bot/.test(author.kind);
}
