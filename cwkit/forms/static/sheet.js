// Draws a sheet of fields and buttons from its spec. What is typed goes to Python by message and is
// never put into the model, so that a saved notebook cannot hold it.

const PAUSE = 120; // milliseconds after the last key before a value is looked at

const kinds = {
  text: (field, edit) => lineInput(field, edit, "text"),
  secret: (field, edit) => lineInput(field, edit, "password"),
  area: (field, edit) => typed(node("textarea", { rows: field.rows || 6, spellcheck: "false" }), field, edit),
  choice(field, edit) {
    const options = field.options.map((option) => node("option", { value: option.value }, option.label));
    const select = node("select", { class: "cwkit-input" }, options);
    select.addEventListener("change", () => edit(select.value, true));
    return { control: select, read: () => select.value, write: (value) => (select.value = value) };
  },
  toggle(field, edit) {
    const name = freshId("toggle");
    const radios = field.options.map((option) =>
      node("input", { type: "radio", name, value: option.value, onchange: () => edit(option.value, true) }),
    );
    const labels = field.options.map((option, i) => node("label", {}, radios[i], node("span", {}, option.label)));
    const group = node("div", { class: "cwkit-toggle", role: "radiogroup" }, labels);
    return {
      control: group,
      read: () => radios.find((radio) => radio.checked)?.value ?? "",
      write: (value) => radios.forEach((radio) => (radio.checked = radio.value === value)),
      lock: (locked) => radios.forEach((radio) => (radio.disabled = locked)),
    };
  },
};

function lineInput(field, edit, type) {
  return typed(node("input", { type, spellcheck: "false" }), field, edit);
}

function typed(input, field, edit) {
  input.className = "cwkit-input";
  const plain = { autocomplete: "off", autocapitalize: "off", "data-1p-ignore": "", "data-lpignore": "true" };
  for (const [name, value] of Object.entries(plain)) input.setAttribute(name, value);
  if (field.placeholder) input.setAttribute("placeholder", field.placeholder);
  let timer = null;
  input.addEventListener("input", () => {
    clearTimeout(timer);
    timer = setTimeout(() => edit(input.value, false), PAUSE);
  });
  input.addEventListener("change", () => {
    clearTimeout(timer);
    edit(input.value, true);
  });
  return { control: input, read: () => input.value, write: (value) => (input.value = value) };
}

// The site picker: a choice that puts the address together, with a box for a host of one's own.
function picker(field, part, edit) {
  const { own, choices, label } = field.picker;
  const options = [["", "Choose…"], ...choices.map((c) => [c.value, c.label]), ["own", "A host of my own"]];
  const select = node(
    "select",
    { class: "cwkit-input", "aria-label": label },
    options.map(([value, text]) => node("option", { value }, text)),
  );
  const host = node("input", {
    class: "cwkit-input", type: "text", spellcheck: "false", autocomplete: "off",
    placeholder: "connectwise.example.com", "aria-label": "Host of your own site",
  });
  host.hidden = true;
  const put = (value) => {
    part.write(value);
    edit(value, true);
  };
  select.addEventListener("change", () => {
    host.hidden = select.value !== "own";
    if (!host.hidden) host.focus();
    else if (select.value) put(select.value);
  });
  host.addEventListener("change", () => host.value.trim() && put(own.replace("{host}", host.value.trim())));
  const follow = (value) => {
    const known = choices.some((choice) => choice.value === value);
    if (known) host.hidden = true;
    if (known || host.hidden) select.value = known ? value : "";
  };
  return { view: node("div", { class: "cwkit-picker" }, select, host), follow, parts: [select, host] };
}

function drawField(field, send) {
  const id = freshId("field");
  const message = node("div", { class: "cwkit-message", id: `${id}-message`, "aria-live": "polite" });
  const help = field.description ? node("div", { class: "cwkit-help", id: `${id}-help` }, field.description) : null;
  let follow = () => {};
  const edit = (text, done) => {
    follow(text);
    send({ type: "edit", key: field.key, text, done });
  };
  const part = kinds[field.kind](field, edit);
  part.control.id = id;
  part.control.setAttribute("aria-describedby", `${id}-help ${id}-message`);
  if (field.required) part.control.setAttribute("aria-required", "true");
  const site = field.picker ? picker(field, part, edit) : null;
  if (site) follow = site.follow;
  const mark = field.required ? node("span", { class: "cwkit-required", title: "required" }, " *") : null;
  const label = node("label", field.kind === "toggle" ? { id: `${id}-label` } : { for: id }, field.label, mark);
  if (field.kind === "toggle") part.control.setAttribute("aria-labelledby", `${id}-label`);
  const wide = field.kind === "area" || field.wide || site;
  const view = node(
    "div",
    { class: `cwkit-field${wide ? " cwkit-wide" : ""}`, "data-key": field.key },
    label, site?.view, part.control, help, message,
  );
  return { view, update: (state) => update(field, part, site, message, state, follow) };
}

function update(field, part, site, message, state, follow) {
  // A value is written only over the text it answers: what was typed meanwhile stays.
  if ("value" in state && (!("was" in state) || part.read() === state.was)) {
    part.write(state.value);
    follow(state.value);
  }
  if (state.clear) part.write("");
  if ("filled" in state) {
    part.control.setAttribute("placeholder", state.filled ? "●●●●●●●●  (entered)" : field.placeholder || "");
  }
  if ("message" in state) {
    message.textContent = state.message;
    message.dataset.level = state.level;
    const wrong = state.level === "error" && state.message !== "";
    part.control.setAttribute("aria-invalid", wrong ? "true" : "false");
  }
  if ("locked" in state) {
    for (const control of [part.control, ...(site?.parts ?? [])]) control.disabled = state.locked;
    part.lock?.(state.locked);
  }
}

function drawButtons(block, send) {
  const buttons = {};
  const summary = node("div", { class: "cwkit-summary", "aria-live": "polite" });
  for (const { name, label, primary, title } of block.buttons) {
    const button = node("button", { type: "button", title, disabled: true, "data-name": name }, label);
    button.className = `cwkit-button${primary ? " cwkit-primary" : ""}`;
    button.addEventListener("click", () => {
      // Disabled here and now: a second press cannot even be sent.
      for (const each of Object.values(buttons)) each.disabled = true;
      send({ type: "press", name, serial: Number(button.dataset.serial || 0) });
    });
    buttons[name] = button;
  }
  const view = node("div", { class: "cwkit-actions" }, Object.values(buttons), summary);
  const change = (state) => {
    for (const [name, next] of Object.entries(state.buttons ?? {})) {
      const button = buttons[name];
      if (!button) continue;
      button.replaceChildren(...(next.busy ? [node("span", { class: "cwkit-spinner" })] : []), next.label);
      button.disabled = next.disabled;
      button.setAttribute("aria-busy", String(Boolean(next.busy)));
      button.dataset.serial = next.serial;
    }
    if ("summary" in state) {
      summary.textContent = state.summary;
      summary.dataset.level = state.summaryLevel || "";
    }
  };
  return { view, change };
}

function drawStatus() {
  const view = node("div", { class: "cwkit-status", role: "alert" });
  const change = (state) => {
    if (!("status" in state)) return;
    const { level, lines } = state.status;
    view.dataset.level = lines.length ? level : "";
    view.replaceChildren(...lines.map((line, i) => node(i === 0 ? "strong" : "div", {}, line)));
  };
  return { view, change };
}

function drawPreview(block) {
  const code = node("pre", { tabindex: "0", "aria-label": "Preview" });
  let texts = {};
  let chosen = block.tabs[0].name;
  const tabs = block.tabs.map(({ name, label }) =>
    node("button", { type: "button", role: "tab", "data-name": name, onclick: () => choose(name) }, label),
  );
  const choose = (name) => {
    chosen = name;
    for (const tab of tabs) tab.setAttribute("aria-selected", String(tab.dataset.name === chosen));
    code.textContent = texts[chosen] ?? "";
  };
  const bar = node("div", { class: "cwkit-tabs", role: "tablist" }, tabs, copyButton(() => code.textContent));
  const view = node(
    "details", { class: "cwkit-folded" },
    node("summary", {}, block.label), node("p", { class: "cwkit-help" }, block.description), bar, code,
  );
  const change = (state) => {
    if (!state.preview) return;
    texts = state.preview;
    choose(chosen);
  };
  choose(chosen);
  return { view, change };
}

function render({ model, el }) {
  const { send, close } = messenger(model);
  const fields = {};
  const changes = [];
  const waiting = node("p", { class: "cwkit-waiting" }, "Run this cell to use the form.");
  const draw = (block) => {
    if (block.kind === "heading") {
      const level = block.small ? "h4" : "h3";
      return [node(level, {}, block.text), block.note ? node("p", { class: "cwkit-help" }, block.note) : null];
    }
    if (block.kind === "fields") {
      const drawn = block.fields.map((field) => (fields[field.key] = drawField(field, send)).view);
      return node("div", { class: "cwkit-fields" }, drawn);
    }
    if (block.kind === "folded") {
      return node(
        "details", { class: "cwkit-folded", open: Boolean(block.open) },
        node("summary", {}, block.text, node("span", { class: "cwkit-help" }, block.note || "")),
        block.blocks.map(draw),
      );
    }
    const part = { buttons: drawButtons, status: drawStatus, preview: drawPreview }[block.kind](block, send);
    changes.push(part.change);
    return part.view;
  };
  const spec = model.get("spec");
  const view = root(spec.blocks.map(draw), waiting);
  view.classList.add(`cwkit-${spec.name}`);
  const received = (message) => {
    if (message?.type !== "state") return;
    waiting.hidden = true;
    for (const [key, state] of Object.entries(message.fields ?? {})) fields[key]?.update(state);
    for (const change of changes) change(message);
  };
  model.on("msg:custom", received);
  el.replaceChildren(view);
  send({ type: "hello" });
  return () => {
    close();
    model.off("msg:custom", received);
  };
}

export default { render };
