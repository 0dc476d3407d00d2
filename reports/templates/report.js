"use strict";
(() => {
  const bar = document.getElementById("filter");
  if (!bar) return;
  const words = document.getElementById("words");
  const selects = [...bar.querySelectorAll("select")];
  const shown = document.getElementById("shown");
  const nothing = document.getElementById("nothing");
  const causes = [...document.querySelectorAll("#findings ~ details.cause")].map((node) => ({ node, opened: false }));
  const fold = (node) => node.textContent.toLowerCase();

  const rows = (cause) => {
    cause.head ??= fold(cause.node.querySelector("summary")) + fold(cause.node.querySelector(".meta"));
    cause.rows ??= [...cause.node.querySelectorAll("tbody tr")].map((node) => ({ node, text: fold(node) }));
    return cause.rows;
  };

  const apply = () => {
    const wanted = words.value.toLowerCase().split(/\s+/).filter(Boolean);
    const active = wanted.length > 0 || selects.some((select) => select.value);
    let found = 0;
    let left = 0;
    for (const cause of causes) {
      const fits = selects.every((select) => !select.value || cause.node.dataset[select.dataset.by] === select.value);
      let here = 0;
      let inRows = 0;
      for (const row of rows(cause)) {
        const rest = wanted.filter((word) => !cause.head.includes(word));
        const hit = fits && rest.every((word) => row.text.includes(word));
        row.node.hidden = !hit;
        if (hit) here += 1;
        if (hit && rest.length) inRows += 1;
      }
      cause.node.hidden = here === 0;
      found += here;
      if (here) left += 1;
      if (inRows && !cause.node.open) { cause.node.open = true; cause.opened = true; }
      if (!inRows && cause.opened) { cause.node.open = false; cause.opened = false; }
    }
    nothing.hidden = found > 0;
    shown.textContent = active ? `${found.toLocaleString("en")} findings of ${left.toLocaleString("en")} causes` : "";
  };

  let timer = 0;
  words.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(apply, 120); });
  for (const select of selects) select.addEventListener("change", apply);
  bar.hidden = false;
})();
