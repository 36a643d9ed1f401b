import { ActionIcon, type MantineColorScheme, Menu, useMantineColorScheme } from "@mantine/core";
import type { ReactNode } from "react";
import { AutoIcon, MoonIcon, SunIcon } from "../ui/icons.tsx";

const schemes: readonly {
  readonly key: MantineColorScheme;
  readonly label: string;
  readonly icon: ReactNode;
}[] = [
  { key: "light", label: "Light", icon: <SunIcon /> },
  { key: "dark", label: "Dark", icon: <MoonIcon /> },
  { key: "auto", label: "As the system", icon: <AutoIcon /> },
];

export function ThemeToggle() {
  const { colorScheme, setColorScheme } = useMantineColorScheme();
  const current = schemes.find(({ key }) => key === colorScheme) ?? schemes[2]!;
  return (
    <Menu width={190}>
      <Menu.Target>
        <ActionIcon
          variant="default"
          color="gray"
          size={30}
          aria-label={`Theme: ${current.label.toLowerCase()}`}
        >
          {current.icon}
        </ActionIcon>
      </Menu.Target>
      <Menu.Dropdown>
        <Menu.RadioGroup
          value={colorScheme}
          onChange={(key) => setColorScheme(schemes.find((scheme) => scheme.key === key)?.key ?? "auto")}
        >
          {schemes.map(({ key, label, icon }) => (
            <Menu.RadioItem key={key} value={key} rightSection={icon} closeMenuOnClick>
              {label}
            </Menu.RadioItem>
          ))}
        </Menu.RadioGroup>
      </Menu.Dropdown>
    </Menu>
  );
}
