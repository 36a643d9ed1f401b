import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import styles from "./app.module.css";
import type { CompareStore } from "./compare/compare-store.ts";
import { CompareView } from "./compare/compare-view.tsx";
import { CompareProvider } from "./compare/context.tsx";
import { DatasetsDialogHost } from "./datasets/dialog-host.tsx";
import { DatasetsProvider } from "./datasets/state/context.tsx";
import type { DatasetsStore } from "./datasets/state/datasets-store.ts";
import { ExploreView } from "./explore/explore-view.tsx";
import { ExploreProvider } from "./explore/state/context.tsx";
import type { ExploreStore } from "./explore/state/explore-store.ts";
import { CrashBoundary } from "./shell/crash-boundary.tsx";
import { Header } from "./shell/header.tsx";
import type { Router, ViewName } from "./shell/router.ts";
import { RouterProvider, useRoute } from "./shell/router-context.tsx";
import type { StatisticsService } from "./statistics/statistics-service.ts";
import { StatisticsProvider } from "./statistics/use-statistic.tsx";
import { type Services, ServicesProvider } from "./study/state/services.tsx";
import { StudyView } from "./study/study-view.tsx";
import { theme } from "./theme/theme.ts";

const colorSchemes = localStorageColorSchemeManager({ key: "designscape-theme" });

export interface AppProps {
  readonly services: Services;
  readonly explore: ExploreStore;
  readonly compare: CompareStore;
  readonly statistics: StatisticsService;
  readonly datasets: DatasetsStore;
  readonly router: Router;
}

export function App({ services, explore, compare, statistics, datasets, router }: AppProps) {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" colorSchemeManager={colorSchemes}>
      <RouterProvider router={router}>
        <ServicesProvider services={services}>
          <ExploreProvider store={explore}>
            <CompareProvider store={compare}>
              <StatisticsProvider statistics={statistics}>
                <DatasetsProvider store={datasets}>
                  <CrashBoundary>
                    <div className={styles.page}>
                      <Header />
                      <View />
                    </div>
                    <DatasetsDialogHost />
                  </CrashBoundary>
                </DatasetsProvider>
              </StatisticsProvider>
            </CompareProvider>
          </ExploreProvider>
        </ServicesProvider>
      </RouterProvider>
    </MantineProvider>
  );
}

function View() {
  const view = useRoute((route) => route.view);
  return (
    <CrashBoundary key={view}>
      <ViewOf view={view} />
    </CrashBoundary>
  );
}

function ViewOf({ view }: { readonly view: ViewName }) {
  switch (view) {
    case "explore":
      return <ExploreView />;
    case "study":
      return <StudyView />;
    case "compare":
      return <CompareView />;
    default:
      throw new Error(`unknown view ${view satisfies never}`);
  }
}
