const settings = JSON.parse(document.getElementById("settings").textContent);
const byId = (id) => document.getElementById(id);
const pending = [];
const quote = (text) => (/^[\w.:\/@=-]+$/.test(text) ? text : `'${text.replaceAll("'", "'\\''")}'`);

function commandFor(act) {
  const base = ["--lake", settings.lake, "--user", settings.user].map(quote).join(" ");
  if (act.do === "forget") {
    const what = act.kind === "everything" ? "--everything" : `--${act.kind} ${quote(act.id)}`;
    return `interestlake forget ${base} ${what}`;
  }
  const what = `--not-interested${act.kind === "interest" ? "-in" : ""} ${quote(act.id)}`;
  return `interestlake feedback ${base} ${what}${act.do === "withdraw" ? " --withdraw" : ""}`;
}

function say(text, undo) {
  byId("bar").hidden = false;
  byId("say").textContent = text;
  byId("undo").hidden = !undo;
  byId("undo").onclick = undo ?? null;
  const commands = pending.map(commandFor).join("\n");
  byId("commands").hidden = byId("copy").hidden = !pending.length;
  byId("commands").textContent = commands;
}

function takeAway(act) {
  const kind = act.do === "withdraw" ? "refused" : act.kind;
  const rows = [...document.querySelectorAll("[data-row]")].filter((row) => row.dataset.row === kind && row.dataset.id === act.id);
  const dots = act.kind === "interest" && act.do !== "withdraw"
    ? [...document.querySelectorAll(".nodes circle")].filter((dot) => dot.dataset.id === act.id) : [];
  const gone = [...rows];
  for (const dot of dots) {
    const svg = dot.closest("svg");
    const place = [...svg.querySelectorAll(".nodes circle")].indexOf(dot);
    gone.push(dot, svg.querySelectorAll(".labels text")[place]);
    gone.push(...[...svg.querySelectorAll(".lines line")].filter((line) => line.dataset.e.split(" ").includes(String(place))));
  }
  gone.forEach((part) => (part.style.display = "none"));
  document.querySelectorAll("#listed .suggestions > li").forEach((row) => (row.querySelector(".rank").textContent = ""));
  [...document.querySelectorAll("#listed .suggestions > li")].filter((row) => row.style.display !== "none")
    .forEach((row, i) => (row.querySelector(".rank").textContent = i + 1));
  return () => gone.forEach((part) => (part.style.display = ""));
}

const SAID = {
  not_interested: (act) => `“${act.name}” is out of your list, and what is like it counts less.`,
  withdraw: (act) => `“${act.name}” may come back.`,
  forget: (act) => `Forgotten: ${act.kind === "everything" ? act.name : `“${act.name}”`}.`,
};

async function send(act) {
  const body = JSON.stringify({ do: act.do, kind: act.kind, id: act.id });
  const headers = { "Content-Type": "application/json", "X-Interestlake-Token": settings.token };
  let answer = await fetch("/say", { method: "POST", headers, body });
  let told = await answer.json();
  while (answer.status === 202) {
    say(`${SAID[act.do](act)} ${told.message}`);
    answer = await fetch(`/said?ticket=${encodeURIComponent(told.ticket)}`, { headers });
    told = await answer.json();
  }
  if (!answer.ok) throw new Error(told.message);
  return told;
}

async function perform(act) {
  const restore = takeAway(act);
  if (!settings.token) {
    pending.push(act);
    say(`${SAID[act.do](act)} To make it last, run:`, () => {
      pending.splice(pending.indexOf(act), 1);
      restore();
      say("Undone.");
    });
    byId("say").focus();
    return;
  }
  say(`${SAID[act.do](act)} Writing …`);
  try {
    const told = await send(act);
    if (told.page) renew(told.page);
    else if (act.kind === "everything") byId("main").replaceChildren();
    say(told.message, act.do === "not_interested" ? () => perform({ ...act, do: "withdraw" }) : null);
    byId("say").focus();
  } catch (fault) {
    restore();
    say(`Nothing was changed: ${fault.message}`);
  }
}

function renew(page) {
  const fresh = new DOMParser().parseFromString(page, "text/html");
  Object.assign(settings, JSON.parse(fresh.getElementById("settings").textContent), { token: settings.token });
  const open = [...document.querySelectorAll("main > section details")].map((one) => one.open);
  const height = scrollY;
  byId("main").replaceWith(fresh.getElementById("main"));
  [...document.querySelectorAll("main > section details")].forEach((one, i) => (one.open = open[i] ?? false));
  wire();
  scrollTo({ top: height, behavior: "instant" });
}

function choose(circle) {
  document.querySelectorAll(".nodes .chosen").forEach((dot) => dot.classList.remove("chosen"));
  circle.classList.add("chosen");
  const id = circle.dataset.id, found = settings.details[id], panel = byId("panel");
  const make = (tag, text, kind) => Object.assign(document.createElement(tag), text === undefined ? {} : { textContent: text }, kind ? { className: kind } : {});
  const head = make("p", undefined, `kind-of g${circle.dataset.group}`);
  head.append(make("i"), found.kind);
  const facts = make("dl");
  const add = (term, value) => value !== null && value !== undefined && facts.append(make("dt", term), make("dd", value));
  add("strength", `${found.strength.toFixed(2)} of 1`);
  add("attention", `${(100 * found.share).toFixed(1)} %`);
  if (found.confidence !== null) add("confidence", found.confidence.toFixed(2));
  if (found.trend && found.trend !== "unknown") add("trend", found.change ? `${found.trend}, ${found.change}` : found.trend);
  if (found.first) add("seen", found.first === found.last ? found.first : `${found.first} to ${found.last}`);
  const why = make("ul");
  found.evidence.forEach((title) => why.append(make("li", title)));
  const acts = make("p", undefined, "acts");
  for (const [does, label, kind] of [["not_interested", "Not interested", "act"], ["forget", "Forget this", "act quiet"]]) {
    const button = make("button", label, kind);
    Object.assign(button, { type: "button" });
    Object.assign(button.dataset, { do: does, kind: "interest", id, name: found.name });
    acts.append(button);
  }
  panel.querySelectorAll(":scope > :not(.legend-own)").forEach((part) => part.remove());
  panel.prepend(head, make("h3", found.name), facts, make("small", `Rests on ${found.items} item${found.items === 1 ? "" : "s"}, among them`), why, acts);
}

function search(field) {
  const words = field.value.toLowerCase().split(/\s+/).filter(Boolean);
  const rows = [...document.querySelectorAll(field.dataset.rows)];
  const shown = rows.filter((row) => {
    row.hidden = !words.every((word) => row.textContent.toLowerCase().includes(word));
    return !row.hidden;
  });
  byId(field.dataset.told).textContent = words.length ? `${shown.length} of ${rows.length}` : "";
}

function ask(act) {
  const dialog = byId("ask");
  byId("ask-title").textContent = act.kind === "everything" ? "Forget everything?" : `Forget “${act.name}”?`;
  byId("ask-text").textContent = act.kind === "everything"
    ? "Every row about you is deleted from every table and from their older versions. This cannot be undone."
    : "Its rows are deleted from every table that holds them and from their older versions. This cannot be undone.";
  byId("yes").onclick = () => { dialog.close(); perform(act); };
  byId("no").onclick = () => dialog.close();
  dialog.showModal();
  byId("no").focus();
}

function wire() {
  wireGraph();
  document.querySelectorAll(".own .nodes circle").forEach((circle) => {
    circle.addEventListener("click", () => choose(circle));
    circle.addEventListener("keydown", (event) => {
      if (event.key !== "Enter" && event.key !== " ") return;
      event.preventDefault();
      choose(circle);
      byId("panel").querySelector("button").focus();
    });
  });
}

document.addEventListener("click", (event) => {
  const button = event.target.closest(".act[data-do]");
  if (!button) return;
  const { do: does, kind, id, name } = button.dataset;
  const act = { do: does, kind, id, name };
  if (does === "forget") ask(act);
  else perform(act);
});
document.addEventListener("input", (event) => event.target.matches("input[data-rows]") && search(event.target));
byId("close").addEventListener("click", () => (byId("bar").hidden = true));
byId("copy").addEventListener("click", async () => {
  try {
    await navigator.clipboard.writeText(byId("commands").textContent);
    byId("copy").textContent = "Copied";
  } catch {
    getSelection().selectAllChildren(byId("commands"));
  }
});
wire();
