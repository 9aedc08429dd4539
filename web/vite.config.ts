import { defineConfig } from "vite";

// Two pages, no inlining: the server forbids inline scripts and styles.
export default defineConfig({
  base: "/",
  build: {
    target: "es2022",
    emptyOutDir: true,
    assetsInlineLimit: 0,
    cssCodeSplit: true,
    modulePreload: { polyfill: false },
    rollupOptions: { input: ["index.html", "chat.html"] },
  },
  // `npm run dev` beside a running server: sockets and sessions are the server's.
  server: {
    proxy: {
      "/socket": { target: "ws://127.0.0.1:4000", ws: true },
      "/session": "http://127.0.0.1:4000",
    },
  },
});
