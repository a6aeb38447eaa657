// The theme before the first paint: the remembered one, else the system's. A classic script, so that nothing flashes.
(() => {
  const system = matchMedia("(prefers-color-scheme: dark)");
  const chosen = () => localStorage.getItem("tocsin.theme");
  const apply = () => {
    document.documentElement.dataset.theme = chosen() ?? (system.matches ? "dark" : "light");
    document.dispatchEvent(new CustomEvent("tocsin:theme"));
  };
  system.addEventListener("change", apply);
  document.addEventListener("tocsin:toggle-theme", () => {
    localStorage.setItem("tocsin.theme", document.documentElement.dataset.theme === "dark" ? "light" : "dark");
    apply();
  });
  apply();
})();
