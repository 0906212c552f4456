// Sort and filter the tables of the report. Without this script they read the same, in the order printed.
(() => {
  "use strict";
  const ROWS_WORTH_A_FILTER = 9;
  const text = (cell) => cell.textContent.trim();

  // "1,234.5", "−3 %" and "$0.25" sort as numbers; anything else as text.
  const number = (printed) => {
    const bare = printed.replace(/[,\s%$€]/g, "").replace("\u2212", "-");
    return bare !== "" && !Number.isNaN(Number(bare)) ? Number(bare) : null;
  };
  const missing = (printed) => ["", "nan", "none", "nat", "<na>", "–", "-"].includes(printed.toLowerCase());

  const compare = (first, second) => {
    const [a, b] = [number(first), number(second)];
    return a !== null && b !== null ? a - b : first.localeCompare(second, "en", { numeric: true });
  };

  const sort = (table, column, heading) => {
    const down = heading.getAttribute("aria-sort") === "ascending";
    const body = table.tBodies[0];
    const rows = [...body.rows].sort((first, second) => {
      const [a, b] = [text(first.cells[column]), text(second.cells[column])];
      // What is missing stays last whichever way the column is sorted.
      if (missing(a) || missing(b)) return Number(missing(a)) - Number(missing(b));
      return down ? compare(b, a) : compare(a, b);
    });
    table.querySelectorAll("thead th").forEach((other) => other.removeAttribute("aria-sort"));
    heading.setAttribute("aria-sort", down ? "descending" : "ascending");
    body.append(...rows);
  };

  const addSorting = (table) => {
    [...table.tHead.rows[0].cells].forEach((heading, column) => {
      const cells = [...table.tBodies[0].rows].map((row) => text(row.cells[column]));
      if (cells.some((cell) => !missing(cell) && number(cell) === null)) {
        heading.classList.add("cm-text");
        [...table.tBodies[0].rows].forEach((row) => row.cells[column].classList.add("cm-text"));
      }
      if (text(heading) === "") return;
      const button = document.createElement("button");
      button.type = "button";
      button.title = "Sort by this column";
      button.append(...heading.childNodes);
      heading.append(button);
      button.addEventListener("click", () => sort(table, column, heading));
    });
  };

  const addFilter = (table) => {
    const input = document.createElement("input");
    input.type = "search";
    input.className = "cm-filter";
    input.placeholder = "Filter rows";
    input.setAttribute("aria-label", "Filter the rows of the table below");
    input.addEventListener("input", () => {
      const wanted = input.value.trim().toLowerCase();
      for (const row of table.tBodies[0].rows) row.hidden = !row.textContent.toLowerCase().includes(wanted);
    });
    table.before(input);
  };

  for (const table of document.querySelectorAll("div.cell_output table")) {
    if (!table.tHead || table.tBodies.length !== 1) continue;
    // A cell that spans rows belongs to several: sorting or hiding rows would tear it apart.
    const plain = table.tHead.rows.length === 1 && !table.querySelector("tbody [rowspan], tbody [colspan]");
    if (!plain) continue;
    addSorting(table);
    if (table.tBodies[0].rows.length >= ROWS_WORTH_A_FILTER) addFilter(table);
  }
})();
