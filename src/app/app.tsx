import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import styles from "./app.module.css";
import { ExploreView } from "./explore/explore-view.tsx";
import { ExploreProvider } from "./explore/state/context.tsx";
import type { ExploreStore } from "./explore/state/explore-store.ts";
import { Header } from "./shell/header.tsx";
import type { Router } from "./shell/router.ts";
import { RouterProvider, useRoute } from "./shell/router-context.tsx";
import { type Services, ServicesProvider } from "./study/state/services.tsx";
import { StudyView } from "./study/study-view.tsx";
import { theme } from "./theme/theme.ts";

const colorSchemes = localStorageColorSchemeManager({ key: "designscape-theme" });

export interface AppProps {
  readonly services: Services;
  readonly explore: ExploreStore;
  readonly router: Router;
}

export function App({ services, explore, router }: AppProps) {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" colorSchemeManager={colorSchemes}>
      <RouterProvider router={router}>
        <ServicesProvider services={services}>
          <ExploreProvider store={explore}>
            <div className={styles.page}>
              <Header />
              <View />
            </div>
          </ExploreProvider>
        </ServicesProvider>
      </RouterProvider>
    </MantineProvider>
  );
}

function View() {
  return useRoute(({ view }) => view) === "explore" ? <ExploreView /> : <StudyView />;
}
