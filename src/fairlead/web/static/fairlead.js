/* Small conveniences. Everything works without this file. */
"use strict";
document.documentElement.classList.add("has-script");
document.addEventListener("click", function (event) {
  var button = event.target.closest("[data-print],[data-copy-from]");
  if (!button) return;
  if (button.hasAttribute("data-print")) { window.print(); return; }
  var from = document.getElementById(button.getAttribute("data-copy-from"));
  if (!from || !navigator.clipboard) return;
  navigator.clipboard.writeText(from.value || from.textContent.trim()).then(function () {
    var said = button.getAttribute("data-copied") || "Copied";
    button.textContent = said;
  });
});
window.addEventListener("beforeprint", function () {
  document.querySelectorAll("details:not([open])").forEach(function (d) { d.setAttribute("data-closed", ""); d.open = true; });
});
window.addEventListener("afterprint", function () {
  document.querySelectorAll("details[data-closed]").forEach(function (d) { d.open = false; d.removeAttribute("data-closed"); });
});
