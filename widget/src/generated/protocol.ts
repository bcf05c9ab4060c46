// Made from the serde types in server/live/protocol by `cargo test`; do not edit.

export type CommandId = string;

export type ConversationId = string;

export type MessageId = string;

export type VisitorId = string;

export type QueueId = string;

export type AgentId = string;

export type VisitorFrame = { "type": "hello" } & Hello | { "type": "send" } & SendMessage | { "type": "edit" } & Edit | { "type": "delete" } & Delete | { "type": "react" } & React | { "type": "form" } & Form | { "type": "delivered" } & Receipt | { "type": "read" } & Receipt | { "type": "typing" } & TypingUpdate | { "type": "update" } & Update | { "type": "handoff", 
/**
 * Answered by `ack` or `nack` with it.
 */
id: CommandId, } | { "type": "list" } | { "type": "sync", 
/**
 * The rev that the client holds.
 */
since: number, } | { "type": "history", 
/**
 * One of the visitor's earlier conversations; left out: the current one.
 */
conversation?: ConversationId, 
/**
 * Only messages below this seq.
 */
before_seq: number, limit: number, } | { "type": "ping", 
/**
 * Sent back as it is.
 */
at: unknown, };

export type AgentFrame = { "type": "hello" } & AgentHello | { "type": "watch", conversation: ConversationId | null, since: number, view: string | null, } | { "type": "unwatch", conversation: ConversationId | null, view: string | null, } | { "type": "send", conversation: ConversationId, 
/**
 * The last seq the agent saw: another agent's newer words make the send ask first.
 */
seen_seq?: number | null, force: boolean, 
/**
 * Where the conversation is by mail.
 */
mail?: SendMail, id: MessageId, text?: string, attachments?: Array<string>, reply_to?: MessageId, 
/**
 * The opaque payload of a quick reply.
 */
payload?: unknown, } | { "type": "note", conversation: ConversationId, id: MessageId, text?: string, attachments?: Array<string>, reply_to?: MessageId, 
/**
 * The opaque payload of a quick reply.
 */
payload?: unknown, } | { "type": "edit", conversation: ConversationId, id: CommandId, message: MessageId, text: string, 
/**
 * The rev of the message that the writer saw.
 */
if_rev: number, } | { "type": "delete", conversation: ConversationId, id: CommandId, message: MessageId, if_rev?: number, } | { "type": "react", conversation: ConversationId, id: CommandId, message: MessageId, emoji: string, on: boolean, } | { "type": "delivered", conversation: ConversationId, seq: number, } | { "type": "read", conversation: ConversationId, seq: number, } | { "type": "typing", conversation: ConversationId, on: boolean, kind?: TypingKind, 
/**
 * Unsent text; dropped unless the site allows it.
 */
preview?: string, } | { "type": "sync", conversation: ConversationId, since: number, } | { "type": "history", conversation: ConversationId, 
/**
 * Only messages below this seq.
 */
before_seq: number, limit: number, } | { "type": "take" } & Command | { "type": "transfer" } & Transfer | { "type": "close" } & Command | { "type": "reopen" } & Command | { "type": "snooze" } & Snooze | { "type": "priority" } & SetPriority | { "type": "tag" } & SetTag | { "type": "join" } & Join | { "type": "draft" } & SaveDraft | { "type": "state", id: CommandId, state: string | null, } | { "type": "ping", at: unknown, conversation: ConversationId | null, };

export type Hello = { 
/**
 * 256 random bits as base64url without padding: 43 characters.
 */
token: string, 
/**
 * The conversation whose `since` this is; null for the current one.
 */
conversation: ConversationId | null, 
/**
 * The rev that the client holds, 0 for none.
 */
since: number, 
/**
 * The generation that the client's cache is of.
 */
generation?: string, page?: Page, locale?: string, jwt?: string, };

export type AgentHello = { generation?: string, };

export type Page = { url: string, title: string, referrer: string, };

export type SendMessage = { id: MessageId, text?: string, attachments?: Array<string>, reply_to?: MessageId, 
/**
 * The opaque payload of a quick reply.
 */
payload?: unknown, };

export type SendMail = { 
/**
 * At most 200 characters; none for the conversation's.
 */
subject?: string, 
/**
 * Who gets a copy: at most 10 addresses.
 */
cc?: Array<string>, };

export type Edit = { id: CommandId, message: MessageId, text: string, 
/**
 * The rev of the message that the writer saw.
 */
if_rev: number, };

export type Delete = { id: CommandId, message: MessageId, if_rev?: number, };

export type React = { id: CommandId, message: MessageId, emoji: string, on: boolean, };

export type Form = { id: CommandId, form: string, values: Record<string, unknown>, };

export type Receipt = { seq: number, };

export type TypingKind = "text" | "voice";

export type TypingUpdate = { on: boolean, kind?: TypingKind, 
/**
 * Unsent text; dropped unless the site allows it.
 */
preview?: string, };

export type Profile = { name?: string, email?: string, phone?: string, };

export type SiteEvent = { name: string, data: unknown, };

export type Update = { id: CommandId, jwt?: string, profile?: Profile, attributes?: Record<string, unknown>, page?: Page, locale?: string, queue?: string, consent?: boolean, event?: SiteEvent, };

export type History = { 
/**
 * Only messages below this seq.
 */
before_seq: number, limit: number, };

export type Command = { id: CommandId, conversation: ConversationId, epoch: number, };

export type Transfer = { queue?: QueueId, agent?: AgentId, 
/**
 * To the bot of its queue.
 */
bot?: boolean, 
/**
 * Why, for agents only.
 */
note?: string, id: CommandId, conversation: ConversationId, epoch: number, };

export type Snooze = { 
/**
 * RFC 3339.
 */
until: string, id: CommandId, conversation: ConversationId, epoch: number, };

export type SetPriority = { id: CommandId, conversation: ConversationId, 
/**
 * `low`, `normal`, `high` or `urgent`.
 */
priority: string, };

export type SetTag = { id: CommandId, conversation: ConversationId, 
/**
 * The tag's name; one that the workspace does not have yet becomes one of its tags.
 */
tag: string, on: boolean, };

export type Join = { id: CommandId, conversation: ConversationId, };

export type SaveDraft = { id: CommandId, conversation: ConversationId, 
/**
 * At most as long as a message.
 */
text: string, 
/**
 * Whether it was typed as a note.
 */
note: boolean, };

export type ServerFrame = { "type": "session", session: string, } | { "type": "welcome" } & Welcome | { "type": "ack", id: string, conversation: ConversationId | null, 
/**
 * The rev of the change; for a message its `seq`.
 */
rev: number, message?: Message, visitor?: VisitorId, } | { "type": "nack", id?: string, problem: Problem, } | { "type": "changes", conversation: ConversationHead, 
/**
 * The rev that this session was last sent: what it may not see makes no gap.
 */
from: number, rev: number, 
/**
 * For visitors: new or touched, as they are now.
 */
messages?: Array<Message>, 
/**
 * For agents: the same as HTML.
 */
items?: Array<AgentItem>, 
/**
 * For agents: the head and composer of the pane, when they changed.
 */
pane?: string, 
/**
 * More pages follow: send `sync` with this `rev`.
 */
more: boolean, 
/**
 * Messages below this seq are gone.
 */
floor: number, 
/**
 * Drop the cache and the rev first.
 */
reset?: boolean, } | { "type": "page", conversation?: ConversationId, messages?: Array<Message>, items?: Array<AgentItem>, more: boolean, } | { "type": "receipt", conversation?: ConversationId, by: By, delivered_seq: number, read_seq: number, } | { "type": "typing", conversation?: ConversationId, by: By, on: boolean, preview?: string, } | { "type": "presence", conversation?: ConversationId, by: By, 
/**
 * `online` or `offline`.
 */
state: string, 
/**
 * The name of a colleague, where agents are told of one.
 */
name?: string, } | { "type": "availability" } & Availability | { "type": "conversations" } & Conversations | { "type": "queue" } & QueuePlace | { "type": "partial", message: MessageId, text: string, } | { "type": "ask" } & Ask | { "type": "reconnect", after_ms: number, } | { "type": "pong", at: unknown, 
/**
 * Of the open conversation; for a visitor the last that they can see.
 */
rev: number, } | { "type": "rows", view: string, items: Array<Row>, removed: Array<ConversationId>, 
/**
 * Set on the last frame of a whole list that has more rows than were sent.
 */
cut?: boolean, } | { "type": "board", html: string, } | { "type": "facts", conversation: ConversationId, 
/**
 * The conversation's rev when it was read.
 */
rev: number, html: string, } | { "type": "own" } & Own | { "type": "draft" } & DraftNow | { "type": "mention" } & Mentioned | { "type": "close", code: number, reason: string, };

export type Ask = { 
/**
 * Which one.
 */
form: FormName, 
/**
 * One sentence above the fields, in the visitor's language.
 */
text?: string, 
/**
 * Where the visitor has to answer before they can go on.
 */
required: boolean, 
/**
 * In the order in which they are shown.
 */
fields: Array<Field>, };

export type FormName = "consent" | "pre_chat" | "offline" | "rating";

export type Field = { 
/**
 * The key of its value in `form`.
 */
name: string, 
/**
 * How it is shown and checked.
 */
kind: FieldKind, 
/**
 * In the visitor's language.
 */
label: string, 
/**
 * Whether it may not be left empty.
 */
required: boolean, 
/**
 * Characters that are taken at most; only of text.
 */
max_chars?: number, 
/**
 * What is known already.
 */
value?: string, 
/**
 * Only of a choice.
 */
options?: Array<Choice>, };

export type FieldKind = "text" | "email" | "tel" | "number" | "textarea" | "choice" | "score" | "check";

export type Choice = { 
/**
 * What `form` answers with.
 */
value: string, 
/**
 * What is shown.
 */
title: string, };

export type Welcome = { 
/**
 * Null until the first durable act, whose `ack` carries it.
 */
visitor: VisitorId | null, conversation: ConversationView | null, 
/**
 * Of the conversation; for visitors the last that they can see.
 */
rev: number, 
/**
 * Opaque, at most 64 bytes; when it changes the client drops its cache and keeps its outbox.
 */
generation: string, availability: Availability, site?: SiteView, token?: string, };

export type ConversationHead = { id: ConversationId, 
/**
 * `bot`, `queued`, `assigned`, `snoozed` or `closed`.
 */
state: string, 
/**
 * Null once closed.
 */
owner: Owner | null, epoch: number, merged_into?: ConversationId, };

export type ConversationView = { participants: Array<Participant>, started_at: string, id: ConversationId, 
/**
 * `bot`, `queued`, `assigned`, `snoozed` or `closed`.
 */
state: string, 
/**
 * Null once closed.
 */
owner: Owner | null, epoch: number, merged_into?: ConversationId, };

export type Participant = { name: string | null, avatar_url: string | null, delivered_seq: number, read_seq: number, kind: AuthorKind, id: string, };

export type By = { kind: AuthorKind, id: string, };

export type Owner = { kind: OwnerKind, id: string, name: string | null, avatar_url: string | null, };

export type OwnerKind = "bot" | "queue" | "agent";

export type Availability = { online: boolean, reply_within_s?: number, next_open_at?: string, };

export type SiteView = { name: string, appearance: Record<string, unknown>, texts: Record<string, string>, features: Record<string, boolean>, limits: Limits, };

export type Limits = { text_chars: number, frame_bytes: number, 
/**
 * Seconds in which one's own message may be edited; 0 for never.
 */
edit_window_s: number, delete_window_s: number, };

export type Conversations = { items: Array<EarlierConversation>, };

export type EarlierConversation = { id: ConversationId, state: string, last_message: Message | null, started_at: string, updated_at: string, };

export type QueuePlace = { 
/**
 * From 1; beyond 100 it says "100+".
 */
position: string, wait_s?: WaitRange, };

export type WaitRange = { low: number, high: number, };

export type AgentItem = { id: MessageId, seq: number, html: string, };

export type Row = { id: ConversationId, html: string, };

export type Own = { 
/**
 * `online`, `draining`, `away` or `offline`.
 */
state: string, 
/**
 * Assigned chats.
 */
load: number, 
/**
 * Chats at once.
 */
capacity: number, 
/**
 * RFC 3339: when their chats are handed on, where they are away and have some.
 */
gone_at?: string, };

export type DraftNow = { conversation: ConversationId, text: string, note: boolean, 
/**
 * RFC 3339.
 */
updated_at: string, };

export type Mentioned = { conversation: ConversationId, 
/**
 * The note.
 */
message: MessageId, by: By, 
/**
 * The name of who wrote it.
 */
name: string, 
/**
 * How the note begins.
 */
text: string, };

export type CardButton = { title: string, 
/**
 * What the bot gets back, as of a quick reply.
 */
payload?: unknown, 
/**
 * An `https:`, `http:`, `mailto:` or `tel:` address.
 */
url?: string, };

export type Card = { title: string, text?: string, buttons?: Array<CardButton>, };

export type MessageForm = { 
/**
 * Of the bot's message: what it asks, in the order in which it is shown.
 */
fields?: Array<Field>, 
/**
 * Of the bot's message: what its button says; without one, the client's own word.
 */
submit?: string, 
/**
 * Of the bot's message, once it is answered: the message with the answers.
 */
answer?: MessageId, 
/**
 * Of the visitor's message: whose form it answers.
 */
of?: MessageId, 
/**
 * Of the visitor's message: the answers by the names of the fields. What was left empty is not there.
 */
values?: Record<string, unknown>, };

export type Message = { id: MessageId, 
/**
 * The rev that created it: its order in the conversation; rising, not dense.
 */
seq: number, 
/**
 * The last rev that touched it.
 */
rev: number, kind: MessageKind, author: Author, 
/**
 * Empty once deleted.
 */
text: string, html?: string, event?: Event, form?: MessageForm, attachments: Array<Attachment>, reply_to?: MessageId, quick_replies?: Array<QuickReply>, cards?: Array<Card>, 
/**
 * Where it came by mail, or went out by it.
 */
mail?: Mail, reactions: Array<Reaction>, 
/**
 * Of a note: how the colleagues that it names are written in it, with the `@`.
 */
mentions?: Array<string>, 
/**
 * RFC 3339 in UTC with milliseconds, as all times.
 */
edited_at?: string, deleted_at?: string, created_at: string, };

export type MessageKind = "text" | "note" | "event" | "form";

export type AuthorKind = "visitor" | "agent" | "bot" | "system";

export type Author = { kind: AuthorKind, id: string | null, name: string | null, avatar_url: string | null, };

export type Event = { name: string, params: Record<string, unknown>, };

export type Attachment = { id: string, name: string, mime: string, bytes: number, url: string, width?: number, height?: number, thumb_url?: string, 
/**
 * A link that a bot gave: the file is there, and not here. `bytes` is 0, since nobody has looked.
 */
external?: boolean, };

export type QuickReply = { title: string, payload: unknown, };

export type Mail = { 
/**
 * The mail itself, for agents: `/console/mails/{id}`; none for one that we wrote.
 */
id?: string, 
/**
 * The sender's address, as the mail says.
 */
from: string, subject?: string, 
/**
 * Who got it beside the visitor.
 */
cc?: Array<string>, 
/**
 * Whether more stood there than is shown: quotes, a signature, or what was too long.
 */
cut: boolean, 
/**
 * Whether the sender is not whom the reply address was given to.
 */
stranger: boolean, 
/**
 * Whether a form of the website wrote it for `from`: nobody looked whether the address is theirs.
 */
by_form: boolean, 
/**
 * What the mail server that took it says of the sender (RFC 8601): `spf=pass`, `dkim=fail`, ….
 */
checks?: Array<string>, 
/**
 * The files in it.
 */
files?: Array<MailFile>, };

export type MailFile = { 
/**
 * As the mail calls it, made harmless.
 */
name: string, 
/**
 * As the mail says; nobody believes it.
 */
mime: string, bytes: number, };

export type Reaction = { emoji: string, by: Array<string>, };

export type Problem = { 
/**
 * A stable name such as `/problems/rate-limited`, described in `docs/protocol.md`.
 */
type: string, 
/**
 * The same for every problem of the type.
 */
title: string, status: number, 
/**
 * What happened here, that nothing is lost, and what can be done.
 */
detail: string, 
/**
 * Seconds after which the same frame may be sent again; only on retryable problems.
 */
retry_after_s?: number, 
/**
 * Who won, where somebody else was first.
 */
owner?: Owner, epoch?: number, 
/**
 * What was written meanwhile.
 */
items?: Array<Message>, 
/**
 * The field of a form whose value was refused.
 */
field?: string, };

export const CLOSE_Normal = 1000;
export const CLOSE_Protocol = 1002;
export const CLOSE_Unsupported = 1003;
export const CLOSE_NotUtf8 = 1007;
export const CLOSE_TooBig = 1009;
export const CLOSE_Internal = 1011;
export const CLOSE_Restart = 1012;
export const CLOSE_NoHello = 4100;
export const CLOSE_Silent = 4001;
export const CLOSE_SlowConsumer = 4101;
export const CLOSE_Rate = 4102;
export const CLOSE_Blocked = 4200;
export const CLOSE_SiteUnknown = 4201;
export const CLOSE_TokenRefused = 4202;
