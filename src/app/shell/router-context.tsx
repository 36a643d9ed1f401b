import { createContext, type ReactNode, useContext } from "react";
import { useStore } from "zustand";
import type { Route, Router } from "./router.ts";

const RouterContext = createContext<Router | undefined>(undefined);

export function RouterProvider({
  router,
  children,
}: {
  readonly router: Router;
  readonly children: ReactNode;
}) {
  return <RouterContext value={router}>{children}</RouterContext>;
}

export function useRouter(): Router {
  const router = useContext(RouterContext);
  if (router === undefined) throw new Error("a view is outside its RouterProvider");
  return router;
}

export function useRoute<T>(select: (route: Route) => T): T {
  return useStore(useRouter().store, select);
}
