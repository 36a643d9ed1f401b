import { at, root } from "./paths.mjs";
import { setUpOrExit } from "./setup.mjs";

const port = Number(process.env.PORT ?? 4280);
if (!Number.isInteger(port) || port < 1 || port > 65535) {
  process.stderr.write(`PORT=${process.env.PORT} is not a port: a whole number from 1 to 65535 is.\n`);
  process.exit(2);
}

await setUpOrExit();

// Only now are the packages certain to be there.
const { createServer } = await import("vite");
const server = await createServer({ root, configFile: at("vite.config.ts"), clearScreen: false });
try {
  await server.listen();
} catch (error) {
  await server.close();
  const taken = /in use/.test(String(error));
  process.stderr.write(
    taken
      ? `Port ${port} is taken by another program (perhaps Designscape itself, in another terminal).\n` +
          `Stop that one, or choose another port: PORT=${port + 10} npm start\n`
      : `The app could not be served on port ${port}: ${error}\n`,
  );
  process.exit(1);
}
process.stdout.write(`\nDesignscape is at http://localhost:${port}/  (Ctrl-C stops it)\n`);
