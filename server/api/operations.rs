//! Everything that can be asked over REST, in one table: what the OpenAPI document and the page to read
//! say. A test holds it against the table of routes.

/// What a good answer carries.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Good {
    /// 200 with this schema.
    One(&'static str),
    /// 201 with this schema.
    Made(&'static str),
    /// 200 with a page of these.
    Page(&'static str),
    /// 200 with a text, plain or as HTML; what it is called.
    Text(&'static str),
}

impl Good {
    /// The schema's name, or what a text is called.
    pub const fn schema(self) -> &'static str {
        match self {
            Self::One(name) | Self::Made(name) | Self::Page(name) | Self::Text(name) => name,
        }
    }

    /// The status.
    pub const fn status(self) -> u16 {
        match self {
            Self::Made(_) => 201,
            Self::One(_) | Self::Page(_) | Self::Text(_) => 200,
        }
    }
}

/// One thing that can be asked.
#[derive(Debug, Clone, Copy)]
pub struct Operation {
    /// In capitals.
    pub method: &'static str,
    /// With the names of ids in braces.
    pub path: &'static str,
    /// For programs that are generated from the document.
    pub id: &'static str,
    /// What it does, in a sentence.
    pub summary: &'static str,
    /// Parameters of the query beside `limit` and `cursor`; those with a `!` have to be there.
    pub query: &'static [&'static str],
    /// The schema of the body.
    pub body: Option<&'static str>,
    /// What comes of it.
    pub good: Good,
}

impl Operation {
    /// Whether it only looks.
    pub fn looks(&self) -> bool {
        self.method == "GET"
    }

    /// Whether it takes an `Idempotency-Key`.
    pub fn repeats(&self) -> bool {
        matches!(self.method, "POST" | "PATCH")
    }

    /// The names of the ids in its path.
    pub fn ids(&self) -> impl Iterator<Item = &'static str> {
        self.path.split('/').filter_map(|part| part.strip_prefix('{')?.strip_suffix('}'))
    }

    /// What it is about: the first word of the path.
    pub fn group(&self) -> &'static str {
        self.path.split('/').nth(3).unwrap_or_default()
    }

    /// Every status other than the good one. Whoever asks has to bear these.
    pub fn refusals(&self) -> Vec<u16> {
        let mut all = vec![401, 403, 429, 500, 503];
        if self.ids().next().is_some() {
            all.push(404);
        }
        if matches!(self.good, Good::Page(_)) || !self.looks() {
            all.push(400);
        }
        if self.repeats() {
            all.extend([408, 413, 415]);
        }
        if !self.looks() {
            all.extend([409, 422]);
        }
        all.sort_unstable();
        all
    }
}

macro_rules! operations {
    ($($method:ident $path:literal $id:literal $query:tt $body:expr => $good:ident($schema:literal) $summary:literal;)+) => {
        &[$(Operation {
            method: stringify!($method),
            path: $path,
            id: $id,
            summary: $summary,
            query: &$query,
            body: $body,
            good: Good::$good($schema),
        }),+]
    };
}

/// All of them.
pub const OPERATIONS: &[Operation] = operations! {
    GET "/api/v1/sites" "listSites" [] None => Page("Site") "The websites that embed the widget.";
    POST "/api/v1/sites" "addSite" [] Some("NewSite") => Made("Site") "Adds a website.";
    GET "/api/v1/sites/{site_id}" "getSite" [] None => One("Site") "One website.";
    PATCH "/api/v1/sites/{site_id}" "changeSite" [] Some("SiteChanges") => One("Site") "Changes a website.";

    GET "/api/v1/queues" "listQueues" [] None => Page("Queue") "The queues in which conversations wait.";
    POST "/api/v1/queues" "addQueue" [] Some("NewQueue") => Made("Queue") "Adds a queue, without anybody in it.";
    GET "/api/v1/queues/{queue_id}" "getQueue" [] None => One("Queue") "One queue.";
    PATCH "/api/v1/queues/{queue_id}" "changeQueue" [] Some("QueueChanges") => One("Queue")
        "Changes a queue's rules, and who serves it.";

    GET "/api/v1/agents" "listAgents" [] None => Page("Agent") "Everybody with a login, the disabled too.";
    POST "/api/v1/agents" "inviteAgent" [] Some("NewAgent") => Made("AgentWithLink")
        "Invites somebody. The answer has the link by which they come in.";
    GET "/api/v1/agents/{agent_id}" "getAgent" [] None => One("Agent") "One agent.";
    PATCH "/api/v1/agents/{agent_id}" "changeAgent" [] Some("AgentChanges") => One("Agent") "Changes an agent.";
    POST "/api/v1/agents/{agent_id}/link" "linkAgent" [] None => One("AgentWithLink")
        "Makes a new link, by which an agent sets another password; an older one is over.";
    POST "/api/v1/agents/{agent_id}/disable" "disableAgent" [] None => One("Agent")
        "Shuts an agent out at once; their chats go back to the head of their lines.";
    POST "/api/v1/agents/{agent_id}/enable" "enableAgent" [] None => One("Agent")
        "Lets an agent in again, with the password that they had.";

    GET "/api/v1/visitors" "listVisitors" ["site_id", "email", "external_id"] None => Page("Visitor")
        "The people of the websites.";
    POST "/api/v1/visitors" "addVisitor" [] Some("NewVisitor") => Made("Visitor") "Adds somebody.";
    GET "/api/v1/visitors/{visitor_id}" "getVisitor" [] None => One("Visitor")
        "One visitor; of a device that was merged into somebody, that person.";
    PATCH "/api/v1/visitors/{visitor_id}" "changeVisitor" [] Some("VisitorChanges") => One("Visitor")
        "Changes what is known of a visitor.";

    GET "/api/v1/events" "listEvents" ["after"] None => Page("LoggedEvent")
        "What happened, the oldest first, behind a number that was seen last. The same goes to webhooks.";

    GET "/api/v1/webhooks" "listWebhooks" [] None => Page("Webhook") "Other servers that are told what happens.";
    POST "/api/v1/webhooks" "addWebhook" [] Some("NewWebhook") => Made("WebhookWithSecret")
        "Adds a webhook. The answer has the secret that signs what it is sent.";
    GET "/api/v1/webhooks/{webhook_id}" "getWebhook" [] None => One("Webhook") "One webhook.";
    PATCH "/api/v1/webhooks/{webhook_id}" "changeWebhook" [] Some("WebhookChanges") => One("Webhook")
        "Changes a webhook, or switches it off and on.";
    DELETE "/api/v1/webhooks/{webhook_id}" "removeWebhook" [] None => One("Webhook")
        "Removes a webhook, with all that waits for it. The answer is what it was.";
    POST "/api/v1/webhooks/{webhook_id}/secret" "rotateWebhookSecret" [] None => One("WebhookWithSecret")
        "Makes another secret; the one before signs as well, until it is ended.";
    DELETE "/api/v1/webhooks/{webhook_id}/secret" "endOldWebhookSecret" [] None => One("Webhook")
        "Ends the secret before.";
    GET "/api/v1/webhooks/{webhook_id}/deliveries" "listDeliveries" ["delivery_state"] None => Page("Delivery")
        "What was sent, waits or, if nothing else is said, was given up.";
    POST "/api/v1/webhooks/{webhook_id}/replay" "replayDeliveries" [] Some("Replay") => One("Webhook")
        "Sends what was given up again: one event, or all.";

    GET "/api/v1/bots" "listBots" [] None => Page("Bot") "The bots that answer first.";
    POST "/api/v1/bots" "addBot" [] Some("NewBot") => Made("BotWithSecrets")
        "Adds a bot. The answer has its secret and its key.";
    GET "/api/v1/bots/{bot_id}" "getBot" [] None => One("Bot") "One bot.";
    PATCH "/api/v1/bots/{bot_id}" "changeBot" [] Some("BotChanges") => One("Bot")
        "Changes a bot, or switches it off and on.";
    POST "/api/v1/bots/{bot_id}/secret" "rotateBotSecret" [] None => One("BotWithSecrets")
        "Makes another secret; the one before signs as well, until it is ended.";
    DELETE "/api/v1/bots/{bot_id}/secret" "endOldBotSecret" [] None => One("Bot") "Ends the secret before.";
    POST "/api/v1/bots/{bot_id}/key" "exchangeBotKey" [] None => One("BotWithSecrets")
        "Makes another key; the one before is good for nothing any more.";

    GET "/api/v1/conversations" "listConversations" ["state", "queue_id", "site_id", "agent_id", "visitor_id"] None
        => Page("Conversation") "Conversations.";
    POST "/api/v1/conversations" "startConversation" [] Some("NewConversation") => Made("Started")
        "Writes as a visitor: into their open conversation, or into one that begins.";
    GET "/api/v1/conversations/{conversation_id}" "getConversation" [] None => One("Conversation")
        "One conversation.";
    POST "/api/v1/conversations/{conversation_id}/take" "takeConversation" [] Some("Command")
        => One("Conversation") "An agent who is there, with a live session, takes it.";
    POST "/api/v1/conversations/{conversation_id}/close" "closeConversation" [] Some("Command")
        => One("Conversation") "An agent closes it.";
    POST "/api/v1/conversations/{conversation_id}/reopen" "reopenConversation" [] Some("Command")
        => One("Conversation") "An agent opens it again, back in its queue.";
    POST "/api/v1/conversations/{conversation_id}/transfer" "transferConversation" [] Some("TransferCommand")
        => One("Conversation") "An agent gives it to a colleague or into a queue.";
    POST "/api/v1/conversations/{conversation_id}/snooze" "snoozeConversation" [] Some("SnoozeCommand")
        => One("Conversation") "An agent puts it off.";
    POST "/api/v1/conversations/{conversation_id}/priority" "prioritizeConversation" [] Some("PriorityCommand")
        => One("Conversation") "An agent says how urgent it is.";
    POST "/api/v1/conversations/{conversation_id}/tags" "tagConversation" [] Some("TagsCommand")
        => One("Conversation") "An agent puts tags on it and takes others off.";
    GET "/api/v1/conversations/{conversation_id}/transcript" "getTranscript" [] None => Text("Transcript")
        "All that its visitor can read of it: plain, or as HTML where `Accept` names that first.";
    POST "/api/v1/conversations/{conversation_id}/transcript" "mailTranscript" [] Some("TranscriptMail")
        => One("TranscriptMail") "Mails it to the visitor, at an address that they proved.";

    GET "/api/v1/conversations/{conversation_id}/messages" "listMessages" [] None => Page("Message")
        "Its messages, notes and events too.";
    POST "/api/v1/conversations/{conversation_id}/messages" "sendMessage" [] Some("NewMessage") => Made("Message")
        "Writes as an agent, to everybody or as a note, or as its visitor.";
    PATCH "/api/v1/conversations/{conversation_id}/messages/{message_id}" "editMessage" [] Some("MessageChanges")
        => One("Message") "Puts other words into an agent's own message.";
    DELETE "/api/v1/conversations/{conversation_id}/messages/{message_id}" "deleteMessage" ["agent_id!", "if_rev"] None
        => One("Message") "Takes an agent's own message back: its words go, its place stays.";

    POST "/api/v1/conversations/{conversation_id}/actions" "actOnConversation" [] Some("Actions")
        => One("ActedOn") "A bot, with its own key, does something with a conversation that it owns.";
    POST "/api/v1/conversations/{conversation_id}/partial" "growAnswer" [] Some("PartialAnswer")
        => One("ActedOn") "A bot, with its own key, shows its answer as far as it has come.";
};
