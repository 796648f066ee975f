// POST to our own server with the CSRF token that the page carries.
export function csrfToken() {
  const headers = document.body.getAttribute("hx-headers");
  return headers ? JSON.parse(headers)["X-CSRFToken"] : "";
}

export async function post(url, fields = {}, headers = {}, signal = undefined) {
  return fetch(url, {
    method: "POST",
    credentials: "same-origin",
    redirect: "manual",
    headers: { "X-CSRFToken": csrfToken(), "X-Requested-With": "fetch", Accept: "application/json", ...headers },
    body: new URLSearchParams(fields),
    signal,
  });
}
