// What every page does with scripts: time that runs down, and the focus after a part of the page was replaced.

const MINUTE = 60_000;

function words(milliseconds) {
  if (milliseconds <= 0) return "expired";
  const seconds = Math.floor(milliseconds / 1000);
  if (seconds < 60) return `${seconds} s`;
  if (seconds < 3600) return `${Math.floor(seconds / 60)} min ${seconds % 60} s`;
  return `${Math.floor(seconds / 3600)} h ${Math.floor((seconds % 3600) / 60)} min`;
}

// `ends` and `now` are the gateway's times: this machine's clock only counts what passed since.
class TimeLeft extends HTMLElement {
  connectedCallback() {
    const left = Number(this.getAttribute("ends")) - Number(this.getAttribute("now"));
    const shown = performance.now();
    const tick = () => {
      const now = left - (performance.now() - shown);
      this.textContent = words(now);
      if (now > 0) this.timer = setTimeout(tick, now < 2 * MINUTE ? 1000 : 10_000);
    };
    tick();
  }

  disconnectedCallback() {
    clearTimeout(this.timer);
  }
}

customElements.define("time-left", TimeLeft);
document.documentElement.classList.add("scripts");

document.addEventListener("htmx:afterSettle", (event) => {
  const part = document.getElementById(event.target.id);
  if (!part || part.dataset.told === undefined) return;
  part.focus({ preventScroll: true });
  document.getElementById("status").textContent = part.dataset.told;
});

document.addEventListener("htmx:responseError", () => {
  document.getElementById("status").textContent = "Refused. Load the page again to see why.";
});
