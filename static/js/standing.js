// What the decisions that stand say of the records of this case, as the page carries it (templates/merges/_standing.html):
// which of them a grouping contradicts.
import { listed } from "./partition.js";

function facts() {
  const found = document.getElementById("standing-facts");
  return found ? JSON.parse(found.textContent) : { pairs: [], decisions: [] };
}

// A sentence for every decision that says otherwise than `grouping`: equal numbers are one person, null says nothing.
export function against(grouping) {
  const { pairs, decisions } = facts();
  const said = pairs.filter(({ pair }) => pair.every((place) => grouping[place] !== null));
  const broken = said.filter(({ pair: [left, right], relation }) => (grouping[left] === grouping[right]) !== (relation === "linked"));
  return decisions.flatMap((one) => {
    const mine = broken.filter((each) => each.decisions.includes(one.decision));
    if (!mine.length) return [];
    const names = mine.map(({ pair, relation }) => `${listed(pair)} ${relation === "linked" ? "one person" : "different people"}`);
    return [`Contradicts ${one.case} by ${one.by}: ${names.join("; ")}.`];
  });
}
