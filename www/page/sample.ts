// The sample file: a landscape of hills and a red sun, large enough for a handful of frames.

const WIDTH = 1280;
const HEIGHT = 860;
const SKY = ["#f4f1e4", "#cfdcd2"] as const;
const HILLS = ["#b4c9bd", "#93b0a3", "#6d9486", "#47766a", "#275249"];
const SUN = "#c23a22";
const GRAIN = 9;

export async function drawSample(): Promise<File> {
  const canvas = new OffscreenCanvas(WIDTH, HEIGHT);
  const context = canvas.getContext("2d");
  if (!context) throw new Error("this browser does not draw");
  drawSky(context);
  HILLS.forEach((colour, distance) => {
    drawHill(context, colour, distance);
  });
  addGrain(context);
  const picture = await canvas.convertToBlob({ type: "image/png" });
  return new File([picture], "postcard.png", { type: picture.type });
}

function drawSky(context: OffscreenCanvasRenderingContext2D): void {
  const sky = context.createLinearGradient(0, 0, 0, HEIGHT);
  sky.addColorStop(0, SKY[0]);
  sky.addColorStop(1, SKY[1]);
  context.fillStyle = sky;
  context.fillRect(0, 0, WIDTH, HEIGHT);
  context.fillStyle = SUN;
  context.beginPath();
  context.arc(WIDTH * 0.69, HEIGHT * 0.3, 84, 0, 2 * Math.PI);
  context.fill();
}

function drawHill(
  context: OffscreenCanvasRenderingContext2D,
  colour: string,
  distance: number,
): void {
  const base = HEIGHT * (0.46 + 0.12 * distance);
  const ridge = (x: number) =>
    base +
    Math.sin(x / (190 + 30 * distance) + 1.7 * distance) * (70 - 8 * distance) +
    Math.sin(x / 83 + 4.1 * distance) * 17 +
    Math.sin(x / 29 + 2.3 * distance) * 5;
  context.fillStyle = colour;
  context.beginPath();
  context.moveTo(0, HEIGHT);
  for (let x = 0; x <= WIDTH; x += 4) context.lineTo(x, ridge(x));
  context.lineTo(WIDTH, HEIGHT);
  context.fill();
}

// Paper grain, which also keeps the PNG from compressing to nothing.
function addGrain(context: OffscreenCanvasRenderingContext2D): void {
  const image = context.getImageData(0, 0, WIDTH, HEIGHT);
  const { data } = image;
  for (let pixel = 0; pixel < data.length; pixel += 4) {
    const grain = (Math.random() - 0.5) * GRAIN;
    for (let channel = pixel; channel < pixel + 3; channel++) {
      data[channel] = (data[channel] ?? 0) + grain;
    }
  }
  context.putImageData(image, 0, 0);
}
