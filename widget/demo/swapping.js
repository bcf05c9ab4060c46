// A small app of the kind that swaps its whole body and runs its scripts again, as Turbo does, and
// every other time the whole root element, as some frameworks do when they give up.
(() => {
  const steps = ["Choose a bike", "Choose a saddle", "Choose a bell"];
  const state = (window.steps ??= { at: 0 });

  function draw() {
    const title = document.createElement("h2");
    const next = document.createElement("button");
    title.textContent = `Step ${state.at + 1}: ${steps[state.at % steps.length]}`;
    next.textContent = "Next";
    next.type = "button";
    next.className = "cta";
    next.onclick = swap;
    document.querySelector("#app").replaceChildren(title, next);
    document.title = title.textContent;
  }

  function swap() {
    state.at += 1;
    history.pushState({}, "", `?step=${state.at + 1}`);
    const whole = document.documentElement.cloneNode(true);
    whole.querySelector("deskbell-chat")?.remove();
    for (const script of whole.querySelectorAll("body script")) script.replaceWith(again(script));
    if (state.at % 2) document.body.replaceWith(whole.querySelector("body"));
    else document.documentElement.replaceWith(whole);
  }

  /** A copy that the browser runs. */
  function again(script) {
    const copy = document.createElement("script");
    for (const { name, value } of script.attributes) copy.setAttribute(name, value);
    return copy;
  }

  draw();
})();
