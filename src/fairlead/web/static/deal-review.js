/* Keys for the deal review. Everything works without this file, by mouse and by Tab. */
"use strict";
(function () {
  var list = document.getElementById("deals"), button = document.getElementById("keys-on");
  if (!list || !button) return;
  var all = document.getElementById("keys-all"), deals = Array.prototype.slice.call(list.querySelectorAll("[data-deal]"));
  var on = true;
  try { on = window.localStorage.getItem("deal-review-keys") !== "off"; } catch (error) { on = true; }
  function show() {
    button.setAttribute("aria-pressed", on ? "true" : "false");
    button.textContent = on ? "Keys on" : "Keys off";
  }
  button.addEventListener("click", function () {
    on = !on;
    try { window.localStorage.setItem("deal-review-keys", on ? "on" : "off"); } catch (error) { /* kept for this page */ }
    show();
  });
  show();
  function current() { return document.activeElement ? document.activeElement.closest("[data-deal]") : null; }
  function to(place) {
    var deal = deals[Math.max(0, Math.min(deals.length - 1, place))];
    deal.focus({ preventScroll: true });
    deal.scrollIntoView({ block: "nearest" });
  }
  function form(deal, key) {
    var part = deal.querySelector('[data-key="' + key + '"]');
    if (!part) return;
    part.open = true;
    var first = part.querySelector("[data-first]");
    first.focus();
    first.select();
  }
  document.addEventListener("keydown", function (event) {
    var typing = event.target.closest("input:not([type=checkbox]),textarea,select");
    var deal = current();
    if (event.key === "Escape" && deal) {
      var open = event.target.closest("details[open]");
      if (open) { open.open = false; }
      deal.focus();
      return;
    }
    if (!on || typing || event.ctrlKey || event.metaKey || event.altKey) return;
    var place = deal ? deals.indexOf(deal) : -1;
    if (event.key === "j") { to(place + 1); }
    else if (event.key === "k") { to(place < 0 ? 0 : place - 1); }
    else if (event.key === "?") { all.hidden = !all.hidden; if (!all.hidden) { all.scrollIntoView({ block: "nearest" }); } }
    else if (event.key === "Enter" && event.target === deal) { deal.querySelector("[data-open]").click(); }
    else if (deal && "sntc".indexOf(event.key) >= 0 && event.key.length === 1) { form(deal, event.key); }
    else if (deal && event.key === "x") { var box = deal.querySelector("input[type=checkbox]"); if (box) { box.checked = !box.checked; } }
    else { return; }
    event.preventDefault();
  });
  if (window.location.hash.indexOf("#deal-") === 0) {
    var there = document.getElementById(window.location.hash.slice(1));
    if (there) { there.focus(); }
  }
})();
