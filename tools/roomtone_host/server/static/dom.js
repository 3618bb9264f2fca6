// Small helpers on the document: finding, making and announcing.
// MIT License; see LICENSE

const TOAST_MS = 5000;

/** Returns the element with this id. */
export const $ = (id) => document.getElementById(id);

/** Makes an element from {class, text, other attributes...} and children. */
export function make(tag, { text, ...attributes } = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) element.setAttribute(name, value);
  if (text !== undefined) element.textContent = text;
  element.append(...children);
  return element;
}

/** Makes an icon of icons.svg; it is for the eye only. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("aria-hidden", "true");
  const use = document.createElementNS("http://www.w3.org/2000/svg", "use");
  svg.append(use);
  setIcon(svg, name);
  return svg;
}

export function setIcon(svg, name) {
  const href = `/static/icons.svg#${name}`;
  const use = svg.firstElementChild;
  if (use.getAttribute("href") !== href) use.setAttribute("href", href);
}

/** Sets a text only when it differs, so that screen readers hear a change and nothing else. */
export function setText(element, text) {
  if (element.textContent !== text) element.textContent = text;
}

/** Shows and announces a sentence for a while; `urgent` interrupts a screen reader. */
export function toast(text, { urgent = false, action, run } = {}) {
  const box = make("div", { class: urgent ? "toast urgent" : "toast" }, make("span", { text }));
  if (action) {
    const button = make("button", { type: "button", class: "link", text: action });
    button.addEventListener("click", () => {
      box.remove();
      run();
    });
    box.append(button);
  }
  $(urgent ? "alerts" : "toasts").append(box);
  setTimeout(() => box.remove(), action ? 3 * TOAST_MS : TOAST_MS);
}

/** Fills a select with [{id, label}] and chooses `current`. */
export function fillSelect(select, list, current) {
  select.replaceChildren(
    ...list.map(({ id, label }) => make("option", { value: id, text: label })),
  );
  if (current) select.value = current;
}

/** Remembers a setting of this person in this browser; null when nothing is remembered. */
export const memory = {
  get(key) {
    try {
      return localStorage.getItem(`roomtone.${key}`);
    } catch {
      return null; // storage may be blocked
    }
  },
  set(key, value) {
    try {
      localStorage.setItem(`roomtone.${key}`, value);
    } catch {
      // storage may be blocked: then it is asked again next time
    }
  },
};
