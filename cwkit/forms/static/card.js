// Draws a created instance. Its token comes by message when a person asks for it, is shown for a while
// and is never put into the model.

function render({ model, el }) {
  const spec = model.get("spec");
  const status = node("div", { class: "cwkit-message", "aria-live": "polite" });
  const token = node("code", { class: "cwkit-token", "data-name": "token" }, spec.masked);
  const countdown = node("div", { class: "cwkit-help", "aria-live": "off" });
  const note = (text, level = "note") => {
    status.textContent = text;
    status.dataset.level = level;
  };
  let timer = null;
  const hide = () => {
    clearInterval(timer);
    timer = null;
    token.textContent = spec.masked;
    show.textContent = "Show";
    countdown.textContent = "";
  };
  const reveal = (text) => {
    clearInterval(timer);
    const end = Date.now() + spec.seconds * 1000;
    token.textContent = text;
    show.textContent = "Hide";
    const tick = () => {
      const left = Math.ceil((end - Date.now()) / 1000);
      if (left <= 0) hide();
      else countdown.textContent = `Shown for ${left} more second${left === 1 ? "" : "s"}. It is not saved with the notebook.`;
    };
    timer = setInterval(tick, 1000);
    tick();
  };
  const { send, close } = messenger(model);
  const ask = (name) => () => send({ type: "press", name });
  const button = (name, label, press) =>
    pushButton({ class: "cwkit-button cwkit-small", "data-name": name }, press, label);
  const show = button("show", "Show", () => (timer ? hide() : ask("show")()));
  const buttons = spec.token ? [show, button("copy", "Copy", ask("copy")), button("save", "Save to keyring", ask("save"))] : [];
  const rows = spec.rows.map(([label, value]) => [node("dt", {}, label), node("dd", {}, value)]);
  const steps = spec.next.map(({ text, code }) =>
    node("li", {}, text, code ? node("div", { class: "cwkit-snippet" }, node("code", {}, code), copyButton(() => code)) : null),
  );
  const received = async (message) => {
    if (message?.type === "token" && message.purpose === "show") reveal(message.text);
    if (message?.type === "token" && message.purpose === "copy") {
      const done = await copyText(message.text);
      note(done ? "The token is on the clipboard." : "The browser refused. Press Show and copy it by hand.", done ? "note" : "error");
    }
    if (message?.type === "note") note(message.text, message.level);
  };
  model.on("msg:custom", received);
  el.replaceChildren(
    root(
      node("div", { class: "cwkit-cardhead" }, node("h3", {}, spec.title), node("span", { class: "cwkit-badge", "data-level": spec.level }, spec.badge)),
      node("dl", {}, rows, node("dt", {}, "Token"), node("dd", { class: "cwkit-tokenline" }, token, node("span", { class: "cwkit-tokenbuttons" }, buttons), countdown, status)),
      spec.notes.map((text) => node("p", { class: "cwkit-help" }, text)),
      steps.length ? [node("h4", {}, "What to do next"), node("ol", {}, steps)] : null,
    ),
  );
  el.firstChild.classList.add("cwkit-card");
  return () => {
    hide();
    close();
    model.off("msg:custom", received);
  };
}

export default { render };
