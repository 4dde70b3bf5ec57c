// @ts-check
/// <reference lib="dom" />
/// <reference lib="dom.iterable" />
// How does text get into the page? Only as text: what a gateway wrote is never read as HTML.

/**
 * Makes an element.
 * @param {string} name
 * @param {Record<string, string | EventListener>} [attributes] `on…` are listeners.
 * @param {...(Node | string)} children
 * @returns {HTMLElement}
 */
export function element(name, attributes = {}, ...children) {
  const made = document.createElement(name);
  for (const [key, value] of Object.entries(attributes)) {
    if (typeof value === "function") made.addEventListener(key.slice(2), value);
    else made.setAttribute(key, value);
  }
  made.append(...children);
  return made;
}

/**
 * The element with this id. It is of the page: a page without it is broken.
 * @template {HTMLElement} [T=HTMLElement]
 * @param {string} id
 * @returns {T}
 */
export function byId(id) {
  const found = document.getElementById(id);
  if (found === null) throw new Error(`the page has no #${id}`);
  return /** @type {T} */ (found);
}

/** Sets a text only when it is another one: a screen reader would say it again. @param {Element} where @param {string} text */
export function setText(where, text) {
  if (where.textContent !== text) where.textContent = text;
}
