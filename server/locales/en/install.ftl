# A site goes live: the tag, where it was seen, the test chat, the checklist.
install-change = Change how it looks and asks
install-more = WordPress, Shopify and others
install-seen = Is it there?
install-waiting = Waiting for your site…
install-waiting-help = Open a page that has the tag; this notices by itself. It is looked for on:
install-found = Found on
install-strangers = The tag is also on addresses that are not allowed; the chat does not open there. If they are yours, allow them.
install-allow = Allow
install-try = Try it
install-try-help = A visitor who does not exist asks something. It is marked as a test and counts nowhere.
install-test = Send me a test chat
install-demo = Chat in the sandbox shop
install-preview = As visitors see it
install-preview-help = This is the real widget. What you say in it is marked as a test.
install-steps = A desk that works
install-done = Done
install-open = To do
install-step-tag = The tag is on your website
install-step-chat = A chat was answered
install-step-team = Invite a teammate
install-step-hours = Set opening hours
recipe-html = Paste it into every page, just before the end of the body.
recipe-wordpress = Add this to the functions.php of your child theme, or to a plugin for code snippets. It goes into the foot of every page.
recipe-shopify = Online Store, Themes, Edit code: open layout/theme.liquid and paste this just before the end of the body.
recipe-tag-manager = New tag, Custom HTML; trigger: All Pages. The key stands in the address, since tag managers drop attributes.
recipe-wix = Settings, Custom Code, Add: all pages, at the end of the body.
recipe-next = Put it into the root layout, so that it stays while people move between pages.
test-chat-name = Test visitor
test-chat-text = Hello! This is a test chat. Can you read me?
chip-test = Test

texts-title = Words of your own, by language
texts-help = What is left empty is said in our words, which stand there in grey. First words, consent and privacy that are written above count for every language that has none here.
texts-own = { $n ->
    [one] { $n } of your own
   *[other] { $n } of your own
}
texts-hello = Greeting
texts-hello-offline = Greeting, while nobody is here
texts-write = In the empty field
texts-online = Under the name, while somebody is here
texts-offline = Under the name, while nobody is here
texts-consent = What they agree to
texts-privacy = What is kept and how long
texts-bad = “{ $what }” ({ $lang }) has at most { $n } characters. Nothing was saved; what you wrote is still here.
texts-shown-in = The preview speaks
texts-shown-default = the website's language

keep-title = How long chats are kept
keep-days = Delete closed chats after (days)
keep-help = Counted from the end, or from the last thing that happened in them. Empty or 0: they are kept. At most { $n }. They are deleted within the hour with all messages and notes, for good; open chats never are.
keep-bad = Days are a whole number of at most { $n }; empty keeps chats for ever.
keep-deletes = { $n ->
    [one] Nothing was saved yet: { $n } closed chat is older than that and would be deleted for good. Say so below, and save again.
   *[other] Nothing was saved yet: { $n } closed chats are older than that and would be deleted for good. Say so below, and save again.
}
keep-sure = { $n ->
    [one] Delete { $n } chat for good
   *[other] Delete { $n } chats for good
}
