// Small pieces that every widget draws with. Text from outside becomes a text node, never markup.

function node(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
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
  // JupyterLab's one-letter commands (d d deletes a cell) must not hear what is typed in a form.
  return node("div", { class: "cwkit", "data-lm-suppress-shortcuts": "true" }, ...children);
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
  const button = node("button", { type: "button", class: "cwkit-button cwkit-small" }, label);
  button.addEventListener("click", async () => {
    button.textContent = (await copyText(text())) ? "Copied" : "Not copied: the browser refused";
    setTimeout(() => (button.textContent = label), 2000);
  });
  return button;
}

let cwkitSerial = 0;
const freshId = (name) => `cwkit-${name}-${Date.now().toString(36)}-${(cwkitSerial += 1)}`;
