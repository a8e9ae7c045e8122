// Filters and search of the report. Without it everything is shown.
const form = document.querySelector('form');
const count = document.querySelector('#count');
const rows = [...document.querySelectorAll('[data-find]')];
const groups = [...document.querySelectorAll('[data-group]')];

function filter() {
  const { search, verdict, role } = Object.fromEntries(new FormData(form));
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  let shown = 0;
  for (const row of rows) {
    const { find, verdicts, roles } = row.dataset;
    const fits =
      words.every((word) => find.includes(word)) &&
      (verdict === '' || verdicts.split('|').includes(verdict)) &&
      (role === '' || roles.split(' ').includes(role));
    row.hidden = !fits;
    if (fits && row.dataset.counted !== undefined) shown += 1;
  }
  for (const group of groups) group.hidden = !group.querySelector('[data-find]:not([hidden])');
  count.textContent = `${shown} scenarios`;
}

/** A link to a failure opens it. */
function open() {
  const target = document.getElementById(decodeURIComponent(location.hash.slice(1)));
  if (target instanceof HTMLDetailsElement) target.open = true;
}

addEventListener('hashchange', open);
open();
form.addEventListener('input', filter);
form.addEventListener('submit', (event) => event.preventDefault());
form.hidden = false;
filter();
