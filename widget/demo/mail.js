// The way back from a mail into the chat: the browser keeps a secret for the site, as the widget does, and
// hands it over with the link. Which browser has that secret is the visitor's from then on.
{
  const form = document.querySelector("form[data-site]");
  const key = form && `deskbell:${form.dataset.site}:token`;
  const draw = () => {
    const bytes = crypto.getRandomValues(new Uint8Array(32));
    return btoa(String.fromCharCode(...bytes)).replaceAll("+", "-").replaceAll("/", "_").replace(/=+$/, "");
  };
  form?.addEventListener("submit", () => {
    try {
      form.elements.visitor.value = localStorage[key] ??= draw();
    } catch {
      // Nothing can be kept here: the server leads to a page that needs no scripts.
    }
  });
}
