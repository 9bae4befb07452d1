"use strict";

const FIRST_QUERY = `# Figures of a year, rolled up the chain, with what made them.
# Ctrl+Enter runs the query; the book icon on the left opens the documentation.
{
  me { label roles }
  figures(year: 2023, level: CORPORATE, first: 10) {
    totalCount
    edges {
      node {
        value verified selfReported reported expected reason
        period { code }
        indicator { code title result { framework { office { name } } } }
        excluded { reason count }
      }
    }
  }
}
`;

const token = document.getElementById("token");
const caller = document.getElementById("caller");

async function ask(question) {
  const headers = { "content-type": "application/json", accept: "application/graphql-response+json, application/json" };
  const secret = token.value.trim();
  if (secret) headers.authorization = `Bearer ${secret}`;
  const response = await fetch(window.location.pathname, { method: "POST", headers, body: JSON.stringify(question) });
  return response.json();
}

async function showCaller() {
  const answer = await ask({ query: "{ me { label roles } }" });
  const me = answer.data?.me;
  caller.textContent = me ? `${me.label} ${me.roles.join(", ").toLowerCase()}` : answer.errors[0].message;
}

token.addEventListener("change", showCaller);
document.getElementById("sign-in").addEventListener("submit", (event) => event.preventDefault());
showCaller();

ReactDOM.createRoot(document.getElementById("graphiql")).render(
  React.createElement(GraphiQL, { fetcher: ask, defaultQuery: FIRST_QUERY, isHeadersEditorEnabled: false }),
);
