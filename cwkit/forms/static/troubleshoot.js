// A box to paste into and what was found. The pasted text goes to Python by message, what comes back is
// drawn as text and is never put into the model.

const SEVERITY = { error: ["✖", "error"], warning: ["▲", "warning"], info: ["●", "info"] };

function drawFindings(findings) {
  if (!findings.length) return node("p", { class: "cwkit-clean" }, "✔ Nothing wrong was found.");
  const rows = findings.map((each) =>
    node(
      "li", { class: "cwkit-finding", "data-level": each.severity, "data-code": each.code },
      node("span", { class: "cwkit-mark" }, `${SEVERITY[each.severity][0]} ${SEVERITY[each.severity][1]}`),
      node(
        "div", {},
        each.places.map(([subjects, message]) => node("div", {}, subjects.map((subject) => node("code", {}, subject)), " ", message)),
        node("div", { class: "cwkit-help" }, `${each.fix} `, node("span", { class: "cwkit-code" }, each.code)),
      ),
    ),
  );
  return node("ul", { class: "cwkit-findings" }, rows);
}

function drawCell(text) {
  if (text.length <= 160 || !/^\s*[{[]/.test(text)) return text;
  let pretty = text;
  try {
    pretty = JSON.stringify(JSON.parse(text), null, 2);
  } catch {
    // Broken JSON is shown as it stands.
  }
  return node("details", {}, node("summary", {}, `${text.slice(0, 60)}…`), node("pre", {}, pretty));
}

function drawTable({ columns, rows }) {
  const line = (cells, tag) => node("tr", {}, cells.map((cell) => node(tag, {}, drawCell(cell))));
  return node(
    "div", { class: "cwkit-scroll", tabindex: "0" },
    node("table", { class: "cwkit-grid" }, node("thead", {}, line(columns, "th")), node("tbody", {}, rows.map((row) => line(row, "td")))),
  );
}

function drawTabs(parts) {
  const body = node("div", { role: "tabpanel", tabindex: "0" });
  const { bar, select } = tabList(parts.map(({ label }) => ({ name: label, label })), (number, id) => {
    body.setAttribute("aria-labelledby", id);
    body.replaceChildren(parts[number].view);
  });
  if (parts.length) select(0);
  return [node("div", { class: "cwkit-tabs" }, bar), body];
}

function drawError({ lines, causes }) {
  return node(
    "div", { class: "cwkit-error" },
    lines.map((text) => node("div", {}, text)),
    node("h4", {}, "Probable causes, most likely first"),
    node("ol", {}, causes.map(([cause, check]) => node("li", {}, cause, node("div", { class: "cwkit-help" }, check)))),
  );
}

function drawResult(result, send) {
  if (result.status) {
    const { title, text } = result.status;
    return node("div", { class: "cwkit-status", "data-level": "error", role: "alert" }, node("strong", {}, title), node("div", {}, text));
  }
  if (!result.title) return null;
  const badges = result.counts.map(([level, count]) =>
    node("span", { class: "cwkit-badge", "data-level": level === "info" ? "" : level }, `${SEVERITY[level][0]} ${count} ${level}${count > 1 && level !== "info" ? "s" : ""}`),
  );
  const chooser =
    result.choices.length > 1
      ? node(
          "select", { class: "cwkit-input", "aria-label": "Instance", onchange: (event) => send({ type: "choose", number: event.target.selectedIndex }) },
          result.choices.map((label, i) => node("option", { selected: i === result.chosen }, label)),
        )
      : null;
  const parts = result.tables.map((table) => ({ label: table.label, view: drawTable(table) }));
  if (result.tables.length) parts.unshift({ label: "Findings", view: drawFindings(result.findings) });
  const copies = result.report
    ? node("div", { class: "cwkit-actions" }, copyButton(() => result.report.markdown, "Copy report"), copyButton(() => result.report.html, "Copy report as HTML"),
        node("span", { class: "cwkit-summary" }, "Secrets are masked in the report."))
    : null;
  return [
    node("div", { class: "cwkit-cardhead" }, node("h3", {}, result.title), badges),
    chooser,
    result.notes.length ? node("ul", { class: "cwkit-help" }, result.notes.map((text) => node("li", {}, text))) : null,
    result.error ? drawError(result.error) : null,
    parts.length ? drawTabs(parts) : null,
    copies,
  ];
}

function render({ model, el }) {
  const { send, close } = messenger(model);
  const waiting = waitingText();
  const box = node("textarea", {
    class: "cwkit-input", rows: 8, spellcheck: "false", autocomplete: "off", "aria-label": "Pasted text", "data-name": "paste",
    placeholder: "Paste a response of the platform, a request, a cURL command or an error message, as it is in the ticket.",
  });
  const out = node("div", { class: "cwkit-result", "aria-live": "polite" });
  // What is shown belongs to one text: a result for an earlier one is not drawn.
  let serial = 0;
  const look = () => {
    serial += 1;
    send({ type: "look", text: box.value, serial });
  };
  const forget = () => {
    serial += 1;
    out.replaceChildren();
    send({ type: "clear", serial });
  };
  const button = (name, label, press, primary) =>
    pushButton({ class: `cwkit-button${primary ? " cwkit-primary" : ""}`, "data-name": name }, press, label);
  const clear = () => {
    box.value = "";
    forget();
  };
  box.addEventListener("input", () => out.childElementCount && forget());
  // What was pasted is analysed at once.
  box.addEventListener("paste", () => setTimeout(look, 0));
  box.addEventListener("keydown", (event) => (event.ctrlKey || event.metaKey) && event.key === "Enter" && look());
  const received = (message) => {
    if (message?.type !== "result" || (message.serial && message.serial !== serial)) return;
    waiting.hidden = true;
    out.replaceChildren(...[drawResult(message, send)].flat(Infinity).filter(Boolean));
  };
  model.on("msg:custom", received);
  const view = root(
    node("h3", {}, "What is wrong?"),
    node("p", { class: "cwkit-help" }, "Nothing that is pasted leaves this computer or is saved with the notebook."),
    box,
    node("div", { class: "cwkit-actions" }, button("look", "Analyse", look, true), button("clear", "Clear", clear)),
    out,
    waiting,
  );
  view.classList.add("cwkit-card", "cwkit-troubleshoot");
  el.replaceChildren(view);
  send({ type: "hello" });
  return () => {
    close();
    model.off("msg:custom", received);
  };
}

export default { render };
