// The results for people.

const UNITS = [
  [1024 * 1024, "MiB"],
  [1024, "KiB"],
];

export function printTable(rows, { load, cores }) {
  print(["engine", "size", "task", "MB/s", "against", "MB/s", "ratio", "bare", "floor"]);
  for (const row of rows) {
    print([
      row.engine,
      sizeText(row.size),
      row.task,
      row.megabytesPerSecond.toFixed(0),
      row.against,
      row.againstMegabytesPerSecond.toFixed(0),
      row.ratio.toFixed(2),
      row.bareRatio?.toFixed(2) ?? "",
      row.floor === undefined ? "" : `${row.floor}${row.ratio < row.floor ? "  BELOW" : ""}`,
    ]);
  }
  console.log(`\nload of the last five minutes: ${load.toFixed(1)} on ${cores} cores`);
}

function print([engine, size, task, speed, against, againstSpeed, ratio, bare, floor]) {
  console.log(
    [
      engine.padEnd(9),
      size.padStart(8),
      task.padEnd(27),
      speed.padStart(6),
      against.padEnd(36),
      againstSpeed.padStart(6),
      ratio.padStart(6),
      bare.padStart(5),
      floor,
    ]
      .join("  ")
      .trimEnd(),
  );
}

function sizeText(size) {
  const [unit, name] = UNITS.find(([unit]) => size >= unit);
  return `${size / unit} ${name}`;
}
