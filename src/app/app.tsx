import { localStorageColorSchemeManager, MantineProvider } from "@mantine/core";
import styles from "./app.module.css";
import { Header } from "./shell/header.tsx";
import { type Services, ServicesProvider } from "./study/state/services.tsx";
import { StudyView } from "./study/study-view.tsx";
import { theme } from "./theme/theme.ts";

const colorSchemes = localStorageColorSchemeManager({ key: "designscape-theme" });

export function App({ services }: { readonly services: Services }) {
  return (
    <MantineProvider theme={theme} defaultColorScheme="auto" colorSchemeManager={colorSchemes}>
      <ServicesProvider services={services}>
        <div className={styles.page}>
          <Header />
          <StudyView />
        </div>
      </ServicesProvider>
    </MantineProvider>
  );
}
