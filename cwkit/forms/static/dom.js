// Small pieces that every widget draws with. Text from outside becomes a text node, never markup.

const FOCUSABLE = new Set(["a", "button", "input", "select", "summary", "textarea"]);

function node(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  // JupyterLab's one-letter commands (d d deletes a cell, x cuts it) must not act while this has the focus.
  if (FOCUSABLE.has(tag) || "tabindex" in attributes) element.setAttribute("data-lm-suppress-shortcuts", "true");
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) element.addEventListener(name.slice(2), value);
    else if (value === true) element.setAttribute(name, "");
    else if (value !== false && value !== null && value !== undefined) element.setAttribute(name, value);
  }
  for (const child of children.flat(Infinity)) {
    if (child !== null && child !== undefined) {
      element.append(child instanceof Node ? child : document.createTextNode(String(child)));
    }
  }
  return element;
}

function root(...children) {
  const view = node("div", { class: "cwkit", "data-lm-suppress-shortcuts": "true" }, ...children);
  // JupyterLab cancels undo and redo inside a notebook; they must reach the boxes of a form.
  view.addEventListener("beforeinput", (event) => event.stopPropagation(), true);
  return view;
}

const waitingText = () => node("p", { class: "cwkit-waiting" }, "Run this cell (Shift+Enter) to see the form.");

// A button that cannot be pressed keeps the focus: "disabled" would drop it onto the page.
function pushButton(attributes, press, ...children) {
  const button = node("button", { type: "button", ...attributes }, ...children);
  button.addEventListener("click", () => button.getAttribute("aria-disabled") !== "true" && press(button));
  return button;
}

function setDisabled(button, disabled) {
  button.setAttribute("aria-disabled", String(Boolean(disabled)));
}

// Tabs with a panel each: arrow keys, Home and End move between them.
function tabList(labels, choose) {
  const tabs = labels.map(({ name, label }, number) =>
    pushButton({ role: "tab", id: freshId("tab"), "data-name": name }, () => select(number), label),
  );
  const bar = node("div", { class: "cwkit-tablist", role: "tablist" }, tabs);
  const select = (number, focus = false) => {
    tabs.forEach((tab, i) => {
      tab.setAttribute("aria-selected", String(i === number));
      tab.tabIndex = i === number ? 0 : -1;
    });
    if (focus) tabs[number].focus();
    choose(number, tabs[number].id);
  };
  bar.addEventListener("keydown", (event) => {
    const now = tabs.indexOf(document.activeElement);
    const to = { ArrowRight: now + 1, ArrowLeft: now - 1, Home: 0, End: tabs.length - 1 }[event.key];
    if (now < 0 || to === undefined) return;
    event.preventDefault();
    select((to + tabs.length) % tabs.length, true);
  });
  return { bar, select };
}

// Sends messages to Python. Newer JupyterLabs may hand a message to a part of the kernel that now and then
// holds it back until the next one comes; so while no answer comes, a few empty ones follow it.
function messenger(model) {
  let timer = null;
  const nudge = (left, pause) => {
    clearTimeout(timer);
    if (left === 0) return;
    timer = setTimeout(() => {
      model.send({ type: "nudge" });
      nudge(left - 1, pause * 2);
    }, pause);
  };
  const answered = () => clearTimeout(timer);
  model.on("msg:custom", answered);
  const send = (message) => {
    model.send(message);
    nudge(4, 1500);
  };
  const close = () => {
    answered();
    model.off("msg:custom", answered);
  };
  return { send, close };
}

async function copyText(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    // Without https the clipboard is closed to pages; a selection can still be copied.
    const area = node("textarea", { class: "cwkit-offscreen", "aria-hidden": "true" });
    area.value = text;
    document.body.append(area);
    area.select();
    const done = document.execCommand("copy");
    area.remove();
    return done;
  }
}

function copyButton(text, label = "Copy") {
  const copy = async (button) => {
    button.textContent = (await copyText(text())) ? "Copied" : "Not copied: the browser refused";
    button.focus();
    setTimeout(() => (button.textContent = label), 2000);
  };
  return pushButton({ class: "cwkit-button cwkit-small" }, copy, label);
}

let cwkitSerial = 0;
const freshId = (name) => `cwkit-${name}-${Date.now().toString(36)}-${(cwkitSerial += 1)}`;
