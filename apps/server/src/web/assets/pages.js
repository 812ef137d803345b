// What is nicer with a script. Every page works without it.
'use strict';

for (const button of document.querySelectorAll('.command button')) {
  const text = button.textContent;
  button.hidden = !navigator.clipboard;
  button.addEventListener('click', async () => {
    await navigator.clipboard.writeText(button.parentElement.querySelector('code').textContent);
    button.textContent = button.dataset.copied;
    setTimeout(() => (button.textContent = text), 2000);
  });
}

// A form that is sent by a double click is sent once. The form works again after a moment, also when a reader comes back.
addEventListener('submit', (event) => {
  const form = event.target;
  if (form.method !== 'post' || event.defaultPrevented) return;
  if (form.dataset.sent) return event.preventDefault();
  form.dataset.sent = 'true';
  setTimeout(() => delete form.dataset.sent, 2000);
});

// Names that begin with what is typed, as an ARIA combobox with a listbox.
function suggest(input) {
  const list = document.createElement('ul');
  list.className = 'suggestions';
  list.id = 'suggestions';
  list.hidden = true;
  list.setAttribute('role', 'listbox');
  list.setAttribute('aria-label', input.dataset.suggest);
  input.after(list);
  input.setAttribute('role', 'combobox');
  input.setAttribute('aria-autocomplete', 'list');
  input.setAttribute('aria-controls', list.id);
  input.setAttribute('aria-expanded', 'false');
  let selected = -1;
  let timer;
  let latest = 0;

  const select = (index) => {
    selected = index;
    [...list.children].forEach((item, at) => item.setAttribute('aria-selected', String(at === index)));
    if (index < 0) input.removeAttribute('aria-activedescendant');
    else input.setAttribute('aria-activedescendant', list.children[index].id);
  };
  const close = () => {
    list.hidden = true;
    input.setAttribute('aria-expanded', 'false');
    select(-1);
  };
  const go = ({ dataset }) => location.assign(dataset.href);
  const show = (items) => {
    list.replaceChildren(
      ...items.map((item, at) => {
        const option = document.createElement('li');
        option.id = `suggestion-${at}`;
        option.setAttribute('role', 'option');
        option.translate = false;
        option.textContent = item.full_name;
        option.dataset.href = item.full_name.includes('/') ? `/r/${item.full_name}` : `/_/${item.full_name}`;
        // Before the input loses the focus.
        option.addEventListener('mousedown', () => go(option));
        return option;
      }),
    );
    select(-1);
    list.hidden = items.length === 0;
    input.setAttribute('aria-expanded', String(items.length > 0));
  };
  const load = async () => {
    const request = (latest += 1);
    const response = await fetch(`/api/v1/search/suggest?q=${encodeURIComponent(input.value)}`);
    if (!response.ok || request !== latest || document.activeElement !== input) return;
    show((await response.json()).items);
  };
  input.addEventListener('input', () => {
    clearTimeout(timer);
    if (input.value.trim() === '') return close();
    timer = setTimeout(() => load().catch(close), 120);
  });
  input.addEventListener('keydown', (event) => {
    const count = list.hidden ? 0 : list.children.length;
    if (event.key === 'Escape') close();
    else if (count > 0 && event.key === 'ArrowDown') select((selected + 1) % count);
    else if (count > 0 && event.key === 'ArrowUp') select((selected <= 0 ? count : selected) - 1);
    else if (count > 0 && event.key === 'Enter' && selected >= 0) go(list.children[selected]);
    else return;
    event.preventDefault();
  });
  input.addEventListener('blur', close);
}

for (const input of document.querySelectorAll('input[data-suggest]')) suggest(input);

// The state of what is in progress, until it has ended.
async function refresh(part) {
  const response = await fetch(part.dataset.refresh);
  const page = new DOMParser().parseFromString(await response.text(), 'text/html');
  const next = response.ok && page.querySelector('main [role=status]');
  if (!next) return;
  part.replaceChildren(...next.childNodes);
  if (next.dataset.refresh) refreshSoon(part);
}

function refreshSoon(part) {
  setTimeout(() => refresh(part).catch(() => refreshSoon(part)), 2000);
}

document.querySelectorAll('[data-refresh]').forEach(refreshSoon);
