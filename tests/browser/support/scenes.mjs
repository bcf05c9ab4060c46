// Every state of the widget, for pictures and for checks. The server is the widget's stand-in, which
// can be in any state at once; stories with the real one are in the tests.

import { server } from "../../../widget/test/fake-server.mjs";
import { openContext } from "./browser.mjs";
import { until } from "./until.mjs";

const DESK = { viewport: { width: 500, height: 740 } };
const PHONE = { viewport: { width: 390, height: 780 }, isMobile: true, hasTouch: true };
const DARK = { colorScheme: "dark" };
const OFFLINE = { availability: { online: false, next_open_at: nextMonday() }, place: null };

const ASKS = {
  consent: { form: "consent", text: "We keep what you write, so that we can answer and you find it here again. May we?", required: true, fields: [{ name: "consent", kind: "check", label: "I agree", required: true }] },
  pre_chat: {
    form: "pre_chat", text: "Before we begin", required: true, fields: [
      { name: "name", kind: "text", label: "Your name", required: true, max_chars: 200 },
      { name: "email", kind: "email", label: "Email address", required: false, max_chars: 254 },
      { name: "topic", kind: "choice", label: "What is it about?", required: true, options: [{ value: "1", title: "Orders" }, { value: "2", title: "Workshop" }, { value: "3", title: "Something else" }] },
    ],
  },
  offline: { form: "offline", text: "Nobody is here right now. Where may we send the answer?", required: false, fields: [{ name: "email", kind: "email", label: "Email address", required: true, max_chars: 254 }, { name: "name", kind: "text", label: "Your name", required: false, max_chars: 200 }] },
  rating: { form: "rating", text: "How was this chat?", required: false, fields: [{ name: "score", kind: "score", label: "Your rating", required: true }, { name: "comment", kind: "textarea", label: "Anything to add?", required: false, max_chars: 1000 }] },
};

/** By name: how to look, how the server begins, and what happens before the state is there. */
const scenes = new Map();
const scene = (name, look, start, tell) => scenes.set(name, { look, start, tell });

export const names = () => [...scenes.keys()];

let url;

/** Brings the widget into a state, in a context of its own, and hands its page over. */
export async function enact(name, use) {
  if (!url) await new Promise((done) => server.listen(0, "127.0.0.1", done));
  url ??= `http://127.0.0.1:${server.address().port}`;
  const { look, start, tell } = scenes.get(name);
  await play({ act: "start", agent: null, place: { position: "3", wait_s: { low: 60, high: 180 } }, ...start });
  await play({ act: "agent", agent: { name: "Lena", avatar_url: null } });
  const { context, watch } = await openContext([url], { ...DESK, ...look });
  try {
    const page = await context.newPage();
    await page.goto(`${url}/demo`);
    const one = new Person(page);
    await one.bubble.waitFor();
    await tell(one, page);
    await use(page, watch);
  } finally {
    await context.close();
  }
}

export function close() {
  server.closeAllConnections();
  server.close();
}

async function play(act) {
  return (await fetch(`${url}/fake`, { method: "POST", body: JSON.stringify(act) })).json();
}

class Person {
  constructor(page) {
    this.page = page;
    this.bubble = page.locator("deskbell-chat #b");
    this.field = page.locator(".comp textarea");
  }

  async opens(locale) {
    if (locale) await this.page.evaluate((to) => globalThis.Deskbell("locale", to), locale);
    await this.bubble.click();
    await this.page.locator(".w header h2").waitFor();
    await this.page.locator(".msg .b").last().waitFor();
  }

  async says(...texts) {
    for (const text of texts) {
      await this.field.fill(text);
      await this.field.press("Enter");
      await this.page.locator(".out .b").filter({ hasText: text }).last().waitFor();
    }
  }

  /** The same, once the server has it: what is answered then comes after it. */
  async tells(text) {
    await this.says(text);
    await has(this.page, text);
  }

  async menu(item) {
    await this.page.locator("header .icon").first().click();
    const menu = this.page.getByRole("menu");
    await menu.waitFor();
    if (item) await menu.getByRole("menuitem", { name: item }).click();
  }
}

const has = (page, text) => until(page, () => play({}), ({ messages }) => messages.includes(text), `the server has "${text}"`);

const answer = async (...texts) => {
  for (const text of texts) await play({ act: "say", text });
};

async function talk(one) {
  await one.opens();
  await one.says("Hi! My Fjord 3 stops charging at 62 % and the light blinks orange three times");
  await play({ act: "join" });
  await play({ act: "read" });
  await answer("Three blinks means the charger protects itself from heat. Could you unplug it for 20 minutes? More on https://shop.example/help/charging");
  await one.says("Did that, still 62 %", "The serial number is FJ3-2209-1184");
  await play({ act: "read" });
}

for (const [theme, look] of [["", {}], ["-dark", DARK]]) {
  scene(`closed${theme}`, look, {}, async (one) => {
    await one.opens();
    await one.says("Is mine covered?");
    await play({ act: "join" });
    await one.bubble.click();
    await answer("Let me look.", "Yours is covered by the exchange. Here is your free label.");
    await one.page.locator(".peek").waitFor();
  });
  scene(`empty${theme}`, look, {}, (one) => one.opens());
  scene(`line${theme}`, look, {}, async (one) => {
    await one.opens();
    await one.says("Bonjour, le Fjord 3 est-il en stock à Lyon ?");
    await one.page.locator(".place").waitFor();
  });
  scene(`person${theme}`, look, {}, async (one) => {
    await talk(one);
    await play({ act: "typing" });
    await one.page.locator(".typing").waitFor();
  });
  scene(`failed${theme}`, look, {}, async (one) => {
    await talk(one);
    await one.says("refuse me");
    await one.page.locator(".why").waitFor();
  });
  scene(`nobody${theme}`, look, { ...OFFLINE, asks: [] }, async (one) => {
    await one.opens();
    await one.says("Is the child seat compatible with the rear rack of the Fjord 3?");
    await play({ act: "ask", ask: ASKS.offline });
    await one.page.getByLabel("Email address").fill("visitor@shop.example");
  });
  scene(`pre-chat${theme}`, look, { asks: [ASKS.pre_chat] }, async (one, page) => {
    await one.opens();
    await page.getByRole("button", { name: "Start the chat" }).click();
    await page.getByLabel("Your name").fill("Ada");
  });
  scene(`consent${theme}`, look, { site: { features: { consent: true } }, asks: [ASKS.consent] }, async (one, page) => {
    await one.opens();
    await page.getByRole("button", { name: "Agree and chat" }).waitFor();
  });
  scene(`rating${theme}`, look, {}, async (one, page) => {
    await talk(one);
    await play({ act: "close" });
    await play({ act: "ask", ask: ASKS.rating });
    await page.locator(".score label").nth(3).click();
  });
  scene(`no-connection${theme}`, look, {}, async (one, page) => {
    await talk(one);
    await page.context().setOffline(true);
    await one.says("Sorry, I was in a tunnel", "Could I come at 9 tomorrow?");
  });
  scene(`menu${theme}`, look, {}, async (one) => {
    await talk(one);
    await one.menu();
  });
}

scene("kept", {}, {}, async (one) => {
  await one.opens();
  await one.menu("What is kept");
});
scene("forget", {}, {}, async (one, page) => {
  await one.opens();
  await one.menu();
  await page.keyboard.press("Escape");
  await page.context().setOffline(true);
  await one.says("Not sent yet");
  await one.menu("Forget me");
});
scene("earlier", {}, {}, async (one, page) => {
  await talk(one);
  await play({ act: "earlier", at: "2026-03-10T09:41:00.000Z", lines: [{ own: true, text: "Do you true wheels?" }, { text: "Every day. Bring it in whenever you like." }, { own: true, text: "Great, see you on Friday" }] });
  await play({ act: "earlier", at: "2025-11-02T15:12:00.000Z", lines: [{ own: true, text: "Which tyres fit the Skerry?" }, { text: "Up to 47 mm. The ones at https://shop.example/tyres all do." }] });
  await one.menu("Earlier chats");
  await page.locator(".chat").first().waitFor();
});
scene("rtl", {}, {}, async (one) => {
  await one.opens("ar");
  await one.says("السلام عليكم، طلبت دراجة Fjord 3 بمقاس M أمس، رقم الطلب NB-20411.");
  await play({ act: "join" });
  await play({ act: "read" });
  await answer("وعليكم السلام! وجدت طلبك، كيف يمكنني مساعدتك؟");
  await one.says("هل يمكنني تغيير المقاس قبل الشحن؟");
  await play({ act: "typing" });
});
scene("rtl-line", DARK, {}, async (one) => {
  await one.opens("ar");
  await one.says("هل الدراجة متوفرة؟");
  await one.page.locator(".place").waitFor();
});
scene("german", {}, OFFLINE, (one) => one.opens("de"));
scene("long-names", {}, { site: { name: "Northwind Bikes, Workshop and Rentals of the Outer Islands" } }, async (one) => {
  await play({ act: "agent", agent: { name: "Wolfeschlegelsteinhausenbergerdorff of the Returns and Repairs Department" } });
  await one.opens();
  await one.says("Rindfleischetikettierungsüberwachungsaufgabenübertragungsgesetz");
  await play({ act: "join" });
  await answer("https://shop.example/a/very/long/address/that/has/no/place/to/break/and/goes/on/and/on/0123456789", "Yes.");
});
scene("full", {}, {}, async (one, page) => {
  await play({ act: "seed", n: 60 });
  await one.opens();
  await one.says("One more thing");
  await answer("Gladly.");
  await until(page, () => play({}), ({ read, rev }) => read === rev, "what the visitor has read");
  await page.locator(".scroll").evaluate((list) => list.scrollTo(0, list.scrollHeight - 1400));
  await page.locator(".jump").waitFor();
  await play({ act: "join" });
  await answer("What is it?", "I am here until five.", "Or tomorrow.");
  await page.locator(".jump").getByText("new messages").waitFor();
});
scene("site-colour", {}, { site: { appearance: { colour: "#ffd400" } } }, talk);
scene("site-colour-dark", DARK, { site: { appearance: { colour: "#3b0a5c" } } }, talk);
scene("forced-colours", { forcedColors: "active" }, {}, talk);
scene("zoomed", { viewport: { width: 640, height: 400 }, deviceScaleFactor: 2 }, {}, talk);
for (const [theme, look] of [["", {}], ["-dark", DARK]]) {
  scene(`phone${theme}`, { ...PHONE, ...look }, {}, talk);
}
scene("phone-keyboard", { ...PHONE, viewport: { width: 390, height: 460 } }, {}, async (one) => {
  await talk(one);
  await one.field.fill("Do I have to print it, or");
});
scene("phone-pre-chat", PHONE, { asks: [ASKS.pre_chat] }, (one) => one.opens());
scene("phone-menu", PHONE, {}, async (one) => {
  await talk(one);
  await one.menu();
});
scene("phone-rtl", PHONE, {}, async (one) => {
  await one.opens("ar");
  await one.says("هل يمكنني تغيير المقاس قبل الشحن؟");
  await play({ act: "join" });
  await answer("نعم، حتى الغد.");
});

const CHOICES = [{ title: "Where is my order?", payload: { go: "order" } }, { title: "Find my size", payload: "size" }];
const CARDS = [
  { title: "Fjord 3, forest green", text: "Sizes S to XL, in stock in Bristol. More on https://shop.example/fjord", buttons: [{ title: "See the bike", url: "https://shop.example/fjord" }, { title: "Reserve it", payload: "fjord" }] },
  { title: "Call the workshop", buttons: [{ title: "+44 117 496 0000", url: "tel:+441174960000" }, { title: "Not a link", url: "javascript:alert(1)" }] },
];
const bot = (text, more = {}) => play({ act: "bot", text, name: "Pedal", ...more });
const BOT = { head: "bot", place: null };

async function withBot(one) {
  await one.opens();
  await one.tells("Hello");
  await bot("Hi! I can look up orders and sizes, or get a person. What do you need?", { quick_replies: CHOICES });
  await one.page.locator(".chip").first().waitFor();
}

async function growing(one) {
  await withBot(one);
  await one.page.locator(".chip").first().click();
  await has(one.page, CHOICES[0].title);
  await play({ act: "partial", id: "018f0000-0000-7000-8000-0000000000c1", text: "Found it 📦 Your Drift gravel left Bristol this morning. It should arrive on Thursday between 10 and" });
  await one.page.locator(".cursor").waitFor();
}

async function cards(one) {
  await withBot(one);
  await one.tells("A bike for the city, please");
  await bot("These two could be yours:", { cards: CARDS, quick_replies: [{ title: "Something else", payload: 1 }] });
  await one.page.locator(".card").nth(1).waitFor();
}

const FORM = {
  fields: [
    { name: "email", kind: "email", label: "Email", required: true },
    { name: "size", kind: "choice", label: "Frame", required: true, options: [{ value: "s", title: "Small" }, { value: "m", title: "Medium" }, { value: "l", title: "Large" }] },
    { name: "many", kind: "number", label: "How many?", required: false },
    { name: "terms", kind: "check", label: "You may call me about it", required: false },
  ],
  submit: "Send me an offer",
};
const FILES = [
  { id: "f1", name: "Offer 2026-117.pdf", mime: "application/pdf", bytes: 0, url: "https://files.shop.example/offers/117", external: true },
  { id: "f2", name: "A-file-whose-name-has-no-place-to-break-and-goes-on-and-on-for-longer-than-it-should.pdf", mime: "application/pdf", bytes: 0, url: "javascript:alert(1)", external: true },
];

async function form(one) {
  await withBot(one);
  await one.tells("An offer, please");
  await bot("Gladly. Where shall we send it?", { kind: "form", form: FORM });
  await one.page.locator(".asked .go").waitFor();
}

async function answered(one) {
  await withBot(one);
  await one.tells("An offer, please");
  await bot("Gladly. Where shall we send it?", { kind: "form", form: { ...FORM, answer: "018f0000-0000-7000-8000-0000000000c2" } });
  await play({ act: "mine", text: "Email: ann@shop.example\nFrame: Medium\nHow many?: 2" });
  await bot("Here it is:", { attachments: FILES });
  await one.page.locator(".file").nth(1).waitFor();
}

for (const [theme, look] of [["", {}], ["-dark", DARK]]) {
  scene(`bot-form${theme}`, look, BOT, form);
  scene(`bot-answered${theme}`, look, BOT, answered);
  scene(`phone-bot-form${theme}`, { ...PHONE, ...look }, BOT, form);
  scene(`bot${theme}`, look, BOT, withBot);
  scene(`bot-grows${theme}`, look, BOT, growing);
  scene(`bot-cards${theme}`, look, BOT, cards);
  scene(`phone-bot${theme}`, { ...PHONE, ...look }, BOT, cards);
}
scene("bot-person", {}, BOT, async (one, page) => {
  await withBot(one);
  await page.getByRole("button", { name: "Talk to a person" }).click();
  await page.getByText("You asked for a person.").waitFor();
});
scene("bot-offline", {}, BOT, async (one, page) => {
  await withBot(one);
  await page.context().setOffline(true);
  await page.getByRole("button", { name: "Talk to a person" }).click();
  await page.locator(".person").getByText("Waiting for the network").waitFor();
});
scene("bot-many", PHONE, BOT, async (one) => {
  await withBot(one);
  await bot("Which of these?", { quick_replies: Array.from({ length: 20 }, (_, n) => ({ title: n === 3 ? "A choice whose words go on for far longer than anybody who writes a bot should ever let them" : `Choice number ${n + 1}`, payload: n })) });
  await one.page.locator(".chip").nth(19).waitFor();
});
scene("bot-rtl", PHONE, BOT, async (one) => {
  await one.opens("ar");
  await one.tells("مرحبًا");
  await bot("أهلًا! كيف أساعدك؟", { quick_replies: [{ title: "مقاس L", payload: 1 }, { title: "مقاس XL", payload: 2 }], cards: [{ title: "دراجة Fjord 3", text: "متوفرة بمقاسات S إلى XL", buttons: [{ title: "عرض الدراجة", url: "https://shop.example/fjord" }, { title: "احجزها", payload: 1 }] }] });
  await one.page.locator(".card").first().waitFor();
});
scene("bot-form-wrong", {}, BOT, async (one, page) => {
  await form(one);
  await page.getByRole("button", { name: "Send me an offer" }).click();
  await page.locator(".asked").getByText("Please fill this in.").first().waitFor();
});
scene("bot-form-rtl", PHONE, BOT, async (one) => {
  await one.opens("ar");
  await one.tells("مرحبًا");
  await bot("إلى أين نرسل العرض؟", { kind: "form", form: { fields: [{ name: "email", kind: "email", label: "البريد الإلكتروني", required: true }, { name: "size", kind: "choice", label: "المقاس", required: false, options: [{ value: "s", title: "صغير" }, { value: "l", title: "كبير" }] }] }, attachments: FILES.slice(0, 1) });
  await one.page.locator(".asked .go").waitFor();
});
scene("bot-forced-colours", { forcedColors: "active" }, BOT, cards);

function nextMonday() {
  const day = new Date();
  day.setDate(day.getDate() + ((8 - day.getDay()) % 7 || 7));
  day.setHours(9, 0, 0, 0);
  return day.toISOString();
}
