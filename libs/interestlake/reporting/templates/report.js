"use strict";
for (const svg of document.querySelectorAll(".canvas svg")) {
  const circles = [...svg.querySelectorAll(".nodes circle")];
  const labels = [...svg.querySelectorAll(".labels text")];
  const lines = [...svg.querySelectorAll(".lines line")];
  const told = svg.parentElement.querySelector(".told");
  const hint = told.textContent;
  const ends = lines.map((line) => line.dataset.e.split(" ").map(Number));
  const near = circles.map((circle) => circle.dataset.near.split(" ").filter(Boolean).map(Number));

  const light = (nodes, touches, self) => {
    svg.classList.add("busy");
    circles.forEach((circle, i) => circle.classList.toggle("on", nodes.has(i)));
    labels.forEach((label, i) => {
      label.classList.toggle("on", nodes.has(i) && (self !== null || label.classList.contains("kept")));
      label.classList.toggle("self", i === self);
    });
    lines.forEach((line, j) => line.classList.toggle("on", touches(ends[j])));
  };
  const rest = () => {
    svg.classList.remove("busy");
    const pressed = document.querySelector('.legend li button[aria-pressed="true"]');
    if (pressed) showGroup(pressed.dataset.group);
    told.replaceChildren(hint);
  };
  const showNode = (i) => {
    light(new Set([i, ...near[i]]), (pair) => pair.includes(i), i);
    const name = circles[i].dataset.name;
    const strong = document.createElement("b");
    strong.textContent = name;
    told.replaceChildren(strong, circles[i].getAttribute("aria-label").slice(name.length + 2));
  };
  const showGroup = (group) => {
    const inside = new Set(circles.flatMap((circle, i) => (circle.dataset.group === group ? [i] : [])));
    light(inside, (pair) => pair.every((i) => inside.has(i)), null);
  };
  const walk = (i, key) => {
    const way = { ArrowRight: [1, 0], ArrowLeft: [-1, 0], ArrowDown: [0, 1], ArrowUp: [0, -1] }[key];
    const at = (circle) => [circle.cx.baseVal.value, circle.cy.baseVal.value];
    const [x, y] = at(circles[i]);
    let best = null, least = Infinity;
    circles.forEach((circle, j) => {
      const [dx, dy] = [at(circle)[0] - x, at(circle)[1] - y];
      const along = dx * way[0] + dy * way[1], aside = Math.abs(dx * way[1]) + Math.abs(dy * way[0]);
      if (along > 0.5 && along + 2 * aside < least) [best, least] = [j, along + 2 * aside];
    });
    return best;
  };

  circles.forEach((circle, i) => {
    circle.addEventListener("pointerenter", () => showNode(i));
    circle.addEventListener("pointerleave", rest);
    circle.addEventListener("focus", () => showNode(i));
    circle.addEventListener("blur", rest);
    circle.addEventListener("keydown", (event) => {
      if (!event.key.startsWith("Arrow")) return;
      event.preventDefault();
      const next = walk(i, event.key);
      if (next === null) return;
      circle.tabIndex = -1;
      circles[next].tabIndex = 0;
      circles[next].focus();
    });
  });
  for (const button of document.querySelectorAll(".legend li button")) {
    button.addEventListener("pointerenter", () => showGroup(button.dataset.group));
    button.addEventListener("focus", () => showGroup(button.dataset.group));
    button.addEventListener("pointerleave", rest);
    button.addEventListener("blur", rest);
    button.addEventListener("pressed", rest);
  }
}

for (const button of document.querySelectorAll(".legend button")) {
  button.addEventListener("click", () => {
    const on = button.getAttribute("aria-pressed") !== "true";
    if (button.dataset.group !== undefined) {
      document.querySelectorAll(".legend li button").forEach((other) => other.setAttribute("aria-pressed", "false"));
    } else {
      document.querySelectorAll(".canvas svg").forEach((svg) => svg.classList.toggle("marked", on));
    }
    button.setAttribute("aria-pressed", String(on));
    button.dispatchEvent(new Event("pressed"));
  });
}

const chips = [...document.querySelectorAll(".chip")];
for (const chip of chips) {
  const same = chips.filter((other) => other.dataset.table === chip.dataset.table);
  chip.addEventListener("pointerenter", () => same.forEach((other) => other.classList.add("lit")));
  chip.addEventListener("pointerleave", () => same.forEach((other) => other.classList.remove("lit")));
}
