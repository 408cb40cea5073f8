// Draws a form of fields, buttons and panels from its spec. What is typed goes to Python by message and is
// never put into the model, so that a saved notebook cannot hold it.

const PAUSE = 120; // milliseconds after the last key before a value is checked

const kinds = {
  text: (field, edit) => lineInput(field, edit, "text"),
  secret: (field, edit) => lineInput(field, edit, "password"),
  area: (field, edit) => typed(node("textarea", { rows: field.rows || 6, spellcheck: "false" }), field, edit),
  choice(field, edit) {
    const select = node("select", { class: "cwkit-input" });
    const offer = (options) =>
      select.replaceChildren(...options.map((option) => node("option", { value: option.value }, option.label)));
    offer(field.options);
    select.addEventListener("change", () => edit(select.value, true));
    return { control: select, read: () => select.value, write: (value) => (select.value = value), offer };
  },
  // A box with suggestions; anything else can be typed.
  suggest(field, edit) {
    const part = lineInput(field, edit, "text");
    const list = node("datalist", { id: freshId("list") }, field.suggestions.map((value) => node("option", { value })));
    part.control.setAttribute("list", list.id);
    return { ...part, after: list };
  },
  // A number of minutes: a box, and a slider for the usual ones.
  minutes(field, edit) {
    const slide = node("input", { type: "range", min: 1, max: field.most, step: 1, "aria-label": `${field.label}, slider` });
    const show = (text) => (slide.value = Math.min(Number(text) || 1, field.most));
    const part = lineInput(field, (text, done) => (show(text), edit(text, done)), "text");
    part.control.setAttribute("inputmode", "numeric");
    slide.addEventListener("input", () => (part.write(slide.value), edit(slide.value, false)));
    slide.addEventListener("change", () => (part.write(slide.value), edit(slide.value, true)));
    return { ...part, write: (value) => (part.write(value), show(value)), after: slide };
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
    if (host.hidden && select.value) put(select.value);
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
    label, site?.view, part.control, part.after, help, message,
  );
  return { view, update: (state) => update(field, part, site, message, state, follow) };
}

function update(field, part, site, message, state, follow) {
  if (state.options) part.offer(state.options);
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
    const press = (button) => {
      // Disabled here and now: a second press cannot even be sent.
      for (const each of Object.values(buttons)) setDisabled(each, true);
      send({ type: "press", name, serial: Number(button.dataset.serial || 0) });
    };
    buttons[name] = pushButton({ title, "aria-disabled": "true", "data-name": name }, press, label);
    buttons[name].className = `cwkit-button${primary ? " cwkit-primary" : ""}`;
  }
  const view = node("div", { class: "cwkit-actions" }, Object.values(buttons), summary);
  const change = (state) => {
    const focused = Object.values(buttons).find((button) => button === document.activeElement);
    for (const [name, next] of Object.entries(state.buttons ?? {})) {
      const button = buttons[name];
      if (!button) continue;
      button.replaceChildren(...(next.busy ? [node("span", { class: "cwkit-spinner" })] : []), next.label);
      setDisabled(button, next.disabled);
      button.hidden = Boolean(next.hidden);
      button.setAttribute("aria-busy", String(Boolean(next.busy)));
      button.dataset.serial = next.serial;
    }
    // The focus goes on to the button that took the place of a hidden one.
    if (focused?.hidden) Object.values(buttons).find((button) => !button.hidden)?.focus();
    if ("summary" in state) {
      summary.textContent = state.summary;
      summary.dataset.level = state.summaryLevel || "";
    }
  };
  return { view, change };
}

// Boxes to tick, as many as Python names.
function drawChecks(block, send) {
  const view = node("fieldset", { class: "cwkit-checks" }, node("legend", {}, block.label));
  const boxes = new Map();
  const make = (name) => {
    const box = node("input", { type: "checkbox" });
    box.addEventListener("change", () => send({ type: "edit", key: `resource:${name}`, text: String(box.checked), done: true }));
    boxes.set(name, { box, line: node("label", {}, box, node("span", {}, name)) });
    return boxes.get(name);
  };
  const change = (state) => {
    const given = state.checks?.[block.name];
    if (!given) return;
    const lines = given.map(({ name, on }) => {
      const { box, line } = boxes.get(name) ?? make(name);
      box.checked = on;
      return line;
    });
    const shown = [...view.querySelectorAll("label")];
    // Moving a box would take the focus from it, so only a new order is drawn anew.
    if (lines.length !== shown.length || lines.some((line, i) => line !== shown[i])) view.replaceChildren(view.firstChild, ...lines);
  };
  return { view, change };
}

// What is shown beneath the fields: lines, a list or a table; every text becomes a text node.
function drawPanel(block) {
  const view = node("div", { class: "cwkit-panel", "data-name": block.name, "aria-live": "polite" });
  const part = ({ text, level, code }) =>
    node("div", { class: level ? "cwkit-message" : code ? "cwkit-url" : "", "data-level": level }, text);
  const change = (state) => {
    const panel = state.panels?.[block.name];
    if (!panel) return;
    const drawn = [];
    if (panel.title) drawn.push(node("h4", {}, panel.title));
    for (const text of panel.lines ?? []) drawn.push(part({ text, level: panel.level }));
    if (panel.items) drawn.push(node("ul", {}, panel.items.map((text) => node("li", {}, text))));
    if (panel.columns) {
      const head = node("tr", {}, panel.columns.map((text) => node("th", { scope: "col" }, text)));
      const rows = panel.rows.map(([first, ...rest]) =>
        node("tr", {}, node("th", { scope: "row" }, first.map(part)), rest.map((cell) => node("td", {}, cell.map(part)))),
      );
      drawn.push(node("table", { class: "cwkit-grid" }, node("thead", {}, head), node("tbody", {}, rows)));
    }
    view.replaceChildren(...drawn);
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
  const code = node("pre", { tabindex: "0", role: "tabpanel" });
  let texts = {};
  let chosen = 0;
  const show = () => (code.textContent = texts[block.tabs[chosen].name] ?? "");
  const { bar, select } = tabList(block.tabs, (number, id) => {
    chosen = number;
    code.setAttribute("aria-labelledby", id);
    show();
  });
  const view = node(
    "details", { class: "cwkit-folded" },
    node("summary", {}, block.label), node("p", { class: "cwkit-help" }, block.description),
    node("div", { class: "cwkit-tabs" }, bar, copyButton(() => code.textContent)), code,
  );
  const change = (state) => {
    if (!state.preview) return;
    texts = state.preview;
    show();
  };
  select(0);
  return { view, change };
}

function render({ model, el }) {
  const { send, close } = messenger(model);
  const fields = {};
  const changes = [];
  const waiting = waitingText();
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
    if (block.kind === "columns") {
      return node("div", { class: "cwkit-columns" }, block.columns.map((column) => node("div", {}, column.map(draw))));
    }
    const kinds = { buttons: drawButtons, checks: drawChecks, panel: drawPanel, status: drawStatus, preview: drawPreview };
    const part = kinds[block.kind](block, send);
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
